package io.fiddler.kernel.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/// The CUDA kernels' own code against their references where there is no GPU: compiled as C++, with
/// blocks and warps emulated on the CPU (`kernels/check/run-emulated.sh`).
@NullMarked
final class EmulatedKernelsTest {
  private static final Path KERNELS = Path.of("kernels");
  private static final Pattern SUMMARY = Pattern.compile("(\\d+) checks, (\\d+) failed");

  /// Some 10 s on two cores; this is for a kernel that never ends.
  private static final int TIMEOUT_MINUTES = 5;

  @Test
  void kernels_agreeWithTheirReferences_inEmulation(@TempDir Path folder, TestReporter reporter)
      throws Exception {
    String compiler = System.getenv().getOrDefault("CXX", "g++");
    assumeTrue(
        compilesHalfFloats(compiler, folder),
        () -> "the kernels' emulation needs g++ 12 or newer on x86-64, got none as " + compiler);
    Path log = folder.resolve("log");
    int status =
        run(
            log,
            "sh",
            KERNELS.resolve("check/run-emulated.sh").toString(),
            folder.resolve("built").toAbsolutePath().toString());
    List<String> lines = Files.readAllLines(log, UTF_8);
    assertThat(lines).as("what run-emulated.sh says").isNotEmpty();
    reporter.publishEntry("emulation", lines.getFirst());
    assertThat(lines).noneMatch(line -> line.endsWith("FAILED"));
    Matcher summary = SUMMARY.matcher(lines.getLast());
    assertThat(summary.matches())
        .as(
            "the last line of the checks says how many there were, got: %s",
            String.join("\n", lines))
        .isTrue();
    assertThat(Integer.parseInt(summary.group(1))).as("checks").isPositive();
    assertThat(summary.group(2)).as("failed checks").isEqualTo("0");
    assertThat(status).as("exit status of run-emulated.sh").isZero();
  }

  private static boolean compilesHalfFloats(String compiler, Path folder) throws Exception {
    Path source =
        Files.writeString(folder.resolve("half.cpp"), "_Float16 half(float x) { return x; }\n");
    try {
      String object = folder.resolve("half.o").toString();
      return run(folder.resolve("half.log"), compiler, "-c", source.toString(), "-o", object) == 0;
    } catch (IOException e) { // there is no such program
      return false;
    }
  }

  private static int run(Path log, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES))
          .as("%s ends within %d minutes", command[0], TIMEOUT_MINUTES)
          .isTrue();
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
