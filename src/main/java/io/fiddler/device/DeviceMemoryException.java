package io.fiddler.device;

/// The device's memory does not hold what was asked; the message says for what, how much, and what
/// is left.
public final class DeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public DeviceMemoryException(String message) {
    super(message);
  }
}
