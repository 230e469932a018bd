package io.fiddler.usage.span;

import java.util.Optional;

/// One request that is followed, from its arrival to its end. Thread-safe; never blocks and never
/// throws.
public interface RequestTrace {
  /// One that is not.
  RequestTrace NONE =
      new RequestTrace() {
        @Override
        public Optional<String> traceId() {
          return Optional.empty();
        }

        @Override
        public void end(EndedRequest request) {}
      };

  /// Under which it is found where traces are kept, 32 hexadecimal digits; empty if it is not kept.
  Optional<String> traceId();

  /// The answer has ended, and so have all its generations. To be called once.
  void end(EndedRequest request);
}
