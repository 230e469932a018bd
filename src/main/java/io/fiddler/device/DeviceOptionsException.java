package io.fiddler.device;

/// The settings ask for a device that cannot be had; the message is one sentence for people that
/// names the setting.
public final class DeviceOptionsException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public DeviceOptionsException(String sentence) {
    super(sentence);
  }

  /// With what is behind it.
  public DeviceOptionsException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
