package io.fiddler.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// Host memory that cannot be had; the message names the size.
public final class HostMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  HostMemoryException(String message) {
    super(message);
  }

  HostMemoryException(String message, Throwable cause) {
    super(message, cause);
  }

  /// Refuses what can never fit. Without this the system would promise the memory and kill the
  /// process when it is touched.
  ///
  /// @param sizeBytes what is needed
  /// @param what needs it, as the subject of the sentence
  /// @throws HostMemoryException if the machine, or the container, has less in all
  public static void requireWithinMachine(long sizeBytes, String what) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        && sizeBytes > system.getTotalMemorySize()) {
      throw new HostMemoryException(
          "%s needs %s of host memory, but there are only %s in all"
              .formatted(
                  what,
                  ByteSize.describe(sizeBytes),
                  ByteSize.describe(system.getTotalMemorySize())));
    }
  }
}
