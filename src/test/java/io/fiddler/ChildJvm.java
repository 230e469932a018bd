package io.fiddler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs {@link Launcher} in a JVM of its own, with the class path of the tests' one unless another
/// is given.
public final class ChildJvm {
  /// Flags the service is documented to be started with.
  public static final List<String> DOCUMENTED_FLAGS =
      List.of(
          "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-Xmx512m");

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private ChildJvm() {}

  /// How it ended.
  ///
  /// @param exitCode of the process
  /// @param output both streams
  public record Ended(int exitCode, String output) {}

  /// Runs it to its end.
  public static Ended run(List<String> flags, String... arguments) {
    return run(classPath(), flags, "io.fiddler.Launcher", arguments);
  }

  /// Runs another main class to its end, within a limit.
  public static Ended run(Class<?> mainClass, Duration limit, String... arguments) {
    return run(classPath(), DOCUMENTED_FLAGS, mainClass.getName(), limit, arguments);
  }

  /// Runs another main class, with a class path of its own, to its end.
  static Ended run(String classPath, List<String> flags, String mainClass, String... arguments) {
    return run(classPath, flags, mainClass, LIMIT, arguments);
  }

  private static Ended run(
      String classPath, List<String> flags, String mainClass, Duration limit, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass);
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try {
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process));
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
          throw new AssertionError("still running after " + limit);
        }
        return new Ended(process.exitValue(), output.join());
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static String read(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Surefire hides the real class path in the manifest of a jar.
  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
