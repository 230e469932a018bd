package io.fiddler.kernel.cpu;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// What the Vector API kernels need of the JVM and the CPU.
final class VectorPreconditions {
  private VectorPreconditions() {}

  /// @throws UnsupportedOperationException with the reason if something is missing
  static void check(int vectorBitSize) {
    if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
      throw new UnsupportedOperationException("the CPU is big-endian");
    }
    boolean x86 = System.getProperty("os.arch", "").matches("amd64|x86_64|x86");
    // Without AVX2 there is no fused multiply-add, which Java then does with BigDecimal.
    int least = x86 ? 256 : 128;
    if (vectorBitSize < least) {
      throw new UnsupportedOperationException(
          "the CPU's vectors have %d bits, fewer than %d".formatted(vectorBitSize, least));
    }
    if (vectorBitSize > Scratch.PADDING * Float.SIZE) {
      throw new UnsupportedOperationException(
          "the CPU's vectors have %d bits, more than %d"
              .formatted(vectorBitSize, Scratch.PADDING * Float.SIZE));
    }
    // Uncompiled, vectors are objects and 100 times slower than plain Java.
    if (System.getProperty("java.vm.info", "").contains("interpreted")) {
      throw new UnsupportedOperationException("the JVM only interprets; leave out -Xint");
    }
    String level = vmOption("TieredStopAtLevel");
    if (level != null && Integer.parseInt(level) < 4) {
      throw new UnsupportedOperationException(
          "the C2 compiler is off; leave out -XX:TieredStopAtLevel=" + level);
    }
  }

  private static @Nullable String vmOption(String name) {
    HotSpotDiagnosticMXBean bean =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (bean == null) {
      return null; // not HotSpot
    }
    try {
      return bean.getVMOption(name).getValue();
    } catch (IllegalArgumentException e) {
      return null; // a JVM built without that compiler tier
    }
  }
}
