package io.fiddler.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/// Compiles libraries that only play the driver and cuBLAS.
final class StubDriver {
  private StubDriver() {}

  /// `libcuda.so.1` in a folder of its own below `folder`.
  static Path driver(Path folder) {
    return compile(folder.resolve("driver"), "libcuda");
  }

  /// `libcublas.so.12` in a folder of its own below `folder`.
  static Path cublas(Path folder) {
    Path home = folder.resolve("cublas");
    copy("libcublas.map", home);
    return compile(home, "libcublas", "-Wl,--version-script=libcublas.map");
  }

  private static Path compile(Path home, String library, String... flags) {
    copy(library + ".c", home);
    String name = library + (library.equals("libcuda") ? ".so.1" : ".so.12");
    List<String> command =
        new ArrayList<>(
            List.of("gcc", "-shared", "-fPIC", "-Wl,-soname," + name, "-o", name, library + ".c"));
    command.addAll(List.of(flags));
    try {
      Process gcc =
          new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true).start();
      String output = new String(gcc.getInputStream().readAllBytes(), UTF_8);
      assertThat(gcc.waitFor()).as(output).isZero();
      return home;
    } catch (IOException e) {
      return Assumptions.abort(
          "there is no gcc to compile a stub of the driver: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static void copy(String resource, Path home) {
    try (InputStream source = StubDriver.class.getResourceAsStream("/cuda-stub/" + resource)) {
      Files.createDirectories(home);
      Files.write(home.resolve(resource), Objects.requireNonNull(source).readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
