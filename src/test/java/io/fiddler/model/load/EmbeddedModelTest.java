package io.fiddler.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.ParallelTasks;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedModelTest {
  /// History in the database hangs on it: it changes only with the model or by an announced break.
  private static final String FINGERPRINT =
      "f015b752ac3c1d4d7ffddd27567b6f8580c7ba3c0a4eb5f448dee8ffbd6a61d8";

  @TempDir Path cache;

  @Test
  void tinyMoe_loadsWithAStableFingerprint() {
    int liveBefore = HostMemory.liveAllocations();
    ModelSource source = ModelSources.of("tiny-moe", cache, 2);
    assertThat(source.name()).isEqualTo("tiny-moe");
    assertThat(source.tokenizerFile()).isPresent();
    try (ModelWeights weights = source.load((_, _) -> {})) {
      assertThat(weights.fingerprint()).isEqualTo(FINGERPRINT);
      assertThat(weights.config()).isEqualTo(source.config());
      assertThat(weights.layers()).hasSize(6);
      assertThat(weights.head().rows()).isEqualTo(3072);
      assertThat(weights.memory()).hasSize(7);
    }
    assertThat(HostMemory.liveAllocations()).isEqualTo(liveBefore);
  }

  @Test
  void unpack_leavesAGoodCopyAlone() throws IOException {
    Path first = new EmbeddedModel(cache).unpack();
    FileTime marked = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(first.resolve("config.json"), marked);
    assertThat(new EmbeddedModel(cache).unpack()).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first.resolve("config.json"))).isEqualTo(marked);
  }

  @Test
  void unpack_replacesABrokenCopy() throws IOException {
    Path directory = new EmbeddedModel(cache).unpack();
    Path shard = directory.resolve("model-00002-of-00002.safetensors");
    byte[] good = Files.readAllBytes(shard);
    Files.write(shard, new byte[10]);
    Files.delete(directory.resolve("config.json"));
    assertThat(new EmbeddedModel(cache).unpack()).isEqualTo(directory);
    assertThat(shard).hasBinaryContent(good);
    assertThat(directory.resolve("config.json")).exists();
  }

  @Test
  void unpack_succeeds_whenAProcessDiedHalfWay() throws IOException {
    Path partial = Files.createDirectory(cache.resolve("tiny-moe.partial"));
    Files.writeString(partial.resolve("config.json"), "{");
    Path directory = new EmbeddedModel(cache).unpack();
    assertThat(directory.resolve("tokenizer.json")).exists();
    try (Stream<Path> left = Files.list(cache)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("tiny-moe.lock", directory.getFileName().toString());
    }
  }

  @Test
  void unpack_givesOneCopy_whenThreadsRace() {
    ConcurrentHashMap<Path, Boolean> directories = new ConcurrentHashMap<>();
    ParallelTasks.run(4, 4, (_, _) -> directories.put(new EmbeddedModel(cache).unpack(), true));
    assertThat(directories).hasSize(1);
  }

  @Test
  void unpack_givesOneCopy_whenProcessesRace() throws Exception {
    List<Process> processes = List.of(unpackInAnotherProcess(), unpackInAnotherProcess());
    Set<String> directories = new HashSet<>();
    for (Process process : processes) {
      try (BufferedReader output = process.inputReader()) {
        directories.add(output.lines().collect(Collectors.joining("\n")));
      }
      assertThat(process.waitFor()).isZero();
    }
    assertThat(directories).containsExactly(new EmbeddedModel(cache).unpack().toString());
  }

  private Process unpackInAnotherProcess() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Unpack.class.getName(),
            cache.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /// What the other process runs.
  static final class Unpack {
    private Unpack() {}

    public static void main(String[] args) {
      System.out.println(new EmbeddedModel(Path.of(args[0])).unpack());
    }
  }

  @Test
  void unpack_namesTheDirectory_whenItCannotBeMade() throws IOException {
    Path file = Files.writeString(cache.resolve("file"), "");
    assertThatThrownBy(() -> new EmbeddedModel(file).unpack())
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith("cannot unpack tiny-moe into " + file + ": ");
  }
}
