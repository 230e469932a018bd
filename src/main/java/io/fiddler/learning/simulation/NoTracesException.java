package io.fiddler.learning.simulation;

/// There is nothing to simulate; the message is one sentence that says how to change that.
public final class NoTracesException extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoTracesException(String sentence) {
    super(sentence);
  }

  /// Too few traces.
  static NoTracesException of(int count) {
    return new NoTracesException(
        "a simulation needs at least 2 recorded traces of this model, got %d: raise fiddler.traces.sample-rate, such as to 1, and send some requests"
            .formatted(count));
  }
}
