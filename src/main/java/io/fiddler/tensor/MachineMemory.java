package io.fiddler.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// How much memory there is. Linux promises more than it has and kills the process that touches it,
/// so what can never fit is refused beforehand.
public final class MachineMemory {
  private static final long TOTAL_BYTES = totalBytes();

  private MachineMemory() {}

  /// All of it; {@link Long#MAX_VALUE} if that cannot be told.
  public static long sizeBytes() {
    return TOTAL_BYTES;
  }

  private static long totalBytes() {
    // Respects the limit of a container.
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /// Refuses what can never fit.
  ///
  /// @param sizeBytes what is needed
  /// @param what needs it, as the subject of the sentence
  /// @throws HostMemoryException if the machine, or the container, has less in all
  public static void requireWithinTotal(long sizeBytes, String what) {
    if (sizeBytes > TOTAL_BYTES) {
      throw new HostMemoryException(
          "%s needs %s of host memory, but there are only %s in all"
              .formatted(what, ByteSize.describe(sizeBytes), ByteSize.describe(TOTAL_BYTES)));
    }
  }
}
