package io.fiddler.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSourcesTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "no/such/directory"})
  void of_saysWhatAModelIs_whenThereIsNone(String path) {
    assertThatThrownBy(() -> ModelSources.of(path, directory, 1))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(
            "the model must be a directory, tiny-moe or synthetic:..., got \"%s\"".formatted(path));
  }

  @Test
  void of_isALoadFailure_whenThePathIsImpossible() {
    assertThatThrownBy(() -> ModelSources.of("a\0b", directory, 1))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("cannot be used");
  }

  @Test
  void of_refuses_whenThereIsNoThread() {
    assertThatThrownBy(() -> ModelSources.of("tiny-moe", directory, 0))
        .hasMessage("loadThreads must be positive, got 0");
  }

  @Test
  void of_namesTheModelAfterItsDirectory() throws IOException {
    Path model = Files.createDirectory(directory.resolve("my-model"));
    new CheckpointFixture("F32").write(model);
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    ModelSource source = ModelSources.of(model.resolve("../my-model/.").toString(), directory, 1);
    assertThat(source.name()).isEqualTo("my-model");
    assertThat(source.tokenizerFile()).hasValueSatisfying(file -> assertThat(file).exists());
    assertThat(source.config().numLayers()).isEqualTo(2);
  }
}
