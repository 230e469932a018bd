package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.kernel.cpu.amx.AmxKernels;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// The builds of the native kernels, or a skipped test where there is none.
public final class TilesSource {
  /// Where the build puts it, if it has a compiler: among the test resources.
  private static final @Nullable URL EMULATED =
      TilesSource.class.getResource("/native/libfiddler-cpu-emulated.so");

  private TilesSource() {}

  /// The library with tiles emulated in C++: there wherever the build had a compiler.
  public static Path emulatedLibrary() {
    Assumptions.assumeTrue(EMULATED != null, "the build had no C++ compiler");
    try {
      return Path.of(Objects.requireNonNull(EMULATED).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
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
