package io.fiddler.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import org.jspecify.annotations.Nullable;

/// JCuda's native libraries, loaded once in a process: a class whose library failed to load cannot
/// be asked again, so how it went is remembered.
@SuppressWarnings("restricted") // the run command enables native access
final class Natives {
  private static final @Nullable String PROBLEM = load();

  private Natives() {}

  /// @throws CudaUnavailableException if they, or cuBLAS, cannot be loaded
  static void require() {
    if (PROBLEM != null) {
      throw new CudaUnavailableException(PROBLEM);
    }
  }

  /// What went wrong, if anything.
  private static @Nullable String load() {
    try {
      SymbolLookup.libraryLookup("libcublas.so.12", Arena.global());
    } catch (IllegalArgumentException e) {
      return "cuBLAS is missing (libcublas.so.12 cannot be loaded); install the CUDA 12 runtime"
          + " libraries, or where there is only CUDA 13 build kernels/compat and put it on"
          + " LD_LIBRARY_PATH";
    }
    try {
      JCudaDriver.setExceptionsEnabled(false);
      JCublas2.setExceptionsEnabled(false);
      return null;
    } catch (LinkageError e) {
      return ("JCuda's native libraries do not load (%s); they are for Linux on x86-64 and unpacked"
              + " to java.io.tmpdir, which must be writable and may not be mounted noexec")
          .formatted(firstLine(e));
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
