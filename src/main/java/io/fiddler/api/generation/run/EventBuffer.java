package io.fiddler.api.generation.run;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import io.fiddler.sampling.SampledToken;
import java.util.concurrent.atomic.AtomicLong;

/// Counts the memory of a stream's tokens that its client has not taken yet. Thread-safe.
///
/// What a prompt brings is not counted: it comes once, and is as long as the prompt.
final class EventBuffer {
  /// An event, its token, and their places in a queue.
  private static final int TOKEN_BYTES = 96;

  private static final int ALTERNATIVE_BYTES = 32;

  private final long maxBytes;
  private final AtomicLong heldBytes = new AtomicLong();

  /// @param maxBytes most bytes to be held
  EventBuffer(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// An event is held from now on; false if it is one too many.
  boolean add(GenerationEvent event) {
    return heldBytes.addAndGet(bytes(event)) <= maxBytes;
  }

  /// An event is held no longer.
  void taken(GenerationEvent event) {
    heldBytes.addAndGet(-bytes(event));
  }

  /// Why the generations end.
  ApiException overflow() {
    return ApiError.refused(
            408,
            null,
            "client_too_slow",
            "The client reads too slowly: more than %d bytes of the answer waited for it (fiddler.api.stream-buffer)"
                .formatted(maxBytes))
        .asException();
  }

  private static long bytes(GenerationEvent event) {
    return event instanceof GenerationEvent.Generated(_, SampledToken token)
        ? TOKEN_BYTES + (long) ALTERNATIVE_BYTES * token.top().size()
        : 0;
  }
}
