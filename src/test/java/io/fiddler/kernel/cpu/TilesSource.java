package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.kernel.cpu.amx.AmxKernels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// The builds of the native kernels, or a skipped test where there is none.
public final class TilesSource {
  /// Where the build puts it.
  private static final Path EMULATED =
      Path.of("target", "native-test", "libfiddler-cpu-emulated.so");

  private TilesSource() {}

  /// The library with tiles emulated in C++: there wherever the build had a compiler.
  public static Path emulatedLibrary() {
    Assumptions.assumeTrue(Files.exists(EMULATED), "the build had no C++ compiler");
    return EMULATED.toAbsolutePath();
  }

  static AmxKernels emulated() {
    AmxKernels kernels = AmxKernels.open(emulatedLibrary());
    assertThat(kernels.name()).isEqualTo("amx-emulated");
    return kernels;
  }

  /// The tile registers of this CPU.
  static AmxKernels hardware() {
    try {
      AmxKernels kernels = AmxKernels.load();
      assertThat(kernels.name()).isEqualTo("amx");
      return kernels;
    } catch (UnsupportedOperationException e) {
      return Assumptions.abort(String.valueOf(e.getMessage()));
    }
  }
}
