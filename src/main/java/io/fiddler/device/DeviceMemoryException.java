package io.fiddler.device;

import io.fiddler.tensor.ByteSize;

/// The device's memory does not hold what was asked; the message says for what, how much, and what
/// is left.
public final class DeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public DeviceMemoryException(String message) {
    super(message);
  }

  /// An allocation that the budget does not hold.
  ///
  /// @param purpose what the memory was for, for example `expert frames`
  /// @param requestedBytes how much was asked for
  /// @param usedBytes how much is in use
  /// @param budgetBytes how much there is in all
  public static DeviceMemoryException budgetExceeded(
      String purpose, long requestedBytes, long usedBytes, long budgetBytes) {
    return new DeviceMemoryException(
        "device memory for %s needs %s, but of %s only %s are left (fiddler.device.memory)"
            .formatted(
                purpose,
                ByteSize.describe(requestedBytes),
                ByteSize.describe(budgetBytes),
                ByteSize.describe(budgetBytes - usedBytes)));
  }
}
