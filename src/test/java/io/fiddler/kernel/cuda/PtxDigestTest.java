package io.fiddler.kernel.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The PTX in the repository was built from the kernels in the repository. If a test fails: run
/// `kernels/build.sh` with nvcc 13.0 and commit what it wrote.
@NullMarked
final class PtxDigestTest {
  private static final Path KERNELS = Path.of("kernels");
  private static final String FLAGS = "flags ";

  @Test
  void digest_isOfEverySourceAndPtx_asTheyAre() throws Exception {
    Map<String, String> expected = new TreeMap<>();
    for (String line : digest()) {
      if (!line.startsWith(FLAGS)) {
        String[] hashAndPath = line.split(" {2}", 2);
        expected.put(hashAndPath[1], hashAndPath[0]);
      }
    }
    Map<String, String> actual = new TreeMap<>();
    for (Path file : files("cuda", ".cu", ".cuh")) {
      actual.put(nameOf(file), sha256(file));
    }
    for (Path file : files("ptx", ".ptx")) {
      actual.put(nameOf(file), sha256(file));
    }
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void digest_hasTheFlagsOfTheBuild() throws Exception {
    String build = Files.readString(KERNELS.resolve("build.sh"), UTF_8);
    String flags = digest().getFirst().substring(FLAGS.length());
    assertThat(build).contains("flags=\"" + flags + "\"");
  }

  @Test
  void everySource_hasItsPtx() throws Exception {
    assertThat(files("ptx", ".ptx").stream().map(file -> stem(file)))
        .containsExactlyElementsOf(files("cuda", ".cu").stream().map(file -> stem(file)).toList());
  }

  /// More than that would shut out drivers and cards that the documentation promises.
  @Test
  void ptx_needsNoMoreThanDriver580AndComputeCapability80() throws Exception {
    for (Path file : files("ptx", ".ptx")) {
      assertThat(Files.readString(file, UTF_8))
          .as(file.toString())
          .containsPattern("(?m)^\\.version 9\\.0$")
          .containsPattern("(?m)^\\.target sm_80$");
    }
  }

  private static List<String> digest() throws IOException {
    return Files.readAllLines(KERNELS.resolve("ptx/DIGEST"), UTF_8);
  }

  private static List<Path> files(String folder, String... endings) throws IOException {
    try (Stream<Path> files = Files.list(KERNELS.resolve(folder))) {
      return files
          .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith))
          .sorted()
          .toList();
    }
  }

  private static String nameOf(Path file) {
    return KERNELS.relativize(file).toString().replace('\\', '/');
  }

  private static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.lastIndexOf('.'));
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
