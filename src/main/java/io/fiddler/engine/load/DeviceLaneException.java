package io.fiddler.engine.load;

/// The device computes an expert wrongly, while the host does not: it cannot be used.
final class DeviceLaneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  DeviceLaneException(String sentence) {
    super(sentence);
  }
}
