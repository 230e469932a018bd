package io.fiddler.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class SyntheticCheckpointTest {
  private static final String MODEL = "synthetic:tiny?layers=3&seed=7&skew=1.5";

  @TempDir Path directory;

  private ModelSource source(String path) {
    return ModelSources.of(path, directory.resolve("cache"), 2);
  }

  @ParameterizedTest
  @EnumSource(Tiling.class)
  void write_leavesFilesWithTheSameWeights_asAreMadeInMemory(Tiling tiling) throws IOException {
    Path folder = directory.resolve("model");
    List<Long> done = new ArrayList<>();
    SyntheticCheckpoint checkpoint = SyntheticCheckpoint.of(MODEL, 1);
    checkpoint.write(folder, 1_000_000, (bytes, _) -> done.add(bytes));
    assertThat(done.getLast()).isEqualTo(checkpoint.sizeBytes());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSizeGreaterThan(4);
    }
    try (ModelWeights written = source(folder.toString()).load(tiling, (_, _) -> {});
        ModelWeights made = source(MODEL).load(tiling, (_, _) -> {})) {
      assertThat(written.config()).isEqualTo(made.config());
      assertThat(written.memory()).hasSameSizeAs(made.memory());
      for (int i = 0; i < made.memory().size(); i++) {
        assertThat(mismatch(written.memory().get(i), made.memory().get(i)))
            .as("first byte that differs in memory %d", i)
            .isEqualTo(-1);
      }
    }
  }

  private static long mismatch(HostMemory one, HostMemory other) {
    return one.view().segment(MemoryKind.HOST).mismatch(other.view().segment(MemoryKind.HOST));
  }

  @ParameterizedTest
  @ValueSource(strings = {"synthetic:mixtral-8x7b", "synthetic:mixtral-8x22b"})
  void configFile_describesTheShape(String model) throws IOException {
    SyntheticSource source = SyntheticSource.parse(model, 1);
    Files.writeString(
        directory.resolve("config.json"),
        JsonMapper.shared().writeValueAsString(source.shape().configFile()));
    assertThat(new DirectorySource("model", directory, 1).config()).isEqualTo(source.config());
  }

  @Test
  void of_refuses_whatIsNotSynthetic() {
    assertThatThrownBy(() -> SyntheticCheckpoint.of("tiny-moe", 1))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage("only a model synthetic:... can be written, got \"tiny-moe\"");
  }
}
