package io.fiddler.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import org.junit.jupiter.api.Assumptions;

/// What the machine that runs the tests has of CUDA.
public final class CudaHost {
  private CudaHost() {}

  /// Skips a test of what is said without a driver where there is one.
  public static void assumeNoDriver() {
    Assumptions.assumeFalse(loads("libcuda.so.1"), "this machine has an NVIDIA driver");
  }

  static void assumeNoCublas() {
    Assumptions.assumeFalse(loads("libcublas.so.12"), "this machine has cuBLAS 12");
  }

  @SuppressWarnings("restricted")
  private static boolean loads(String library) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup.libraryLookup(library, arena);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
