package io.fiddler.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointTest {
  @TempDir Path directory;

  private void shard(String file, String... tensors) {
    SafetensorsFixture fixture = new SafetensorsFixture();
    for (String tensor : tensors) {
      fixture.put(tensor, "F32", List.of(1), new byte[4]);
    }
    fixture.write(directory.resolve(file));
  }

  private Path index(String json) throws IOException {
    return Files.writeString(directory.resolve("model.safetensors.index.json"), json);
  }

  @Test
  void open_findsTensorsOfAllShards() throws IOException {
    shard("b.safetensors", "x", "unused");
    shard("a.safetensors", "y");
    index(
        "{\"metadata\":{\"n\":[1,{}]},\"weight_map\":{\"x\":\"b.safetensors\",\"y\":\"a.safetensors\"}}");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.files())
          .extracting(file -> String.valueOf(file.path().getFileName()))
          .containsExactly("a.safetensors", "b.safetensors");
      assertThat(checkpoint.find("x").orElseThrow().path())
          .isEqualTo(directory.resolve("b.safetensors"));
      assertThat(checkpoint.find("y")).isPresent();
      assertThat(checkpoint.find("unused")).isEmpty();
    }
  }

  @Test
  void open_prefersTheSingleFile_whenThereIsAlsoAnIndex() throws IOException {
    shard("model.safetensors", "x");
    index("not even JSON");
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      assertThat(checkpoint.find("x")).isPresent();
    }
  }

  @Test
  void open_saysWhatItLooksFor_whenThereIsNothing() {
    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage(
            "there is neither model.safetensors nor model.safetensors.index.json in " + directory);
  }

  @Test
  void open_namesTheShard_whenItIsMissing() throws IOException {
    shard("a.safetensors", "x");
    index("{\"weight_map\":{\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"}}");
    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage(
            "shard %s is missing, which model.safetensors.index.json names"
                .formatted(directory.resolve("b.safetensors")));
  }

  @Test
  void open_namesTheTensor_whenItsShardLacksIt() throws IOException {
    shard("a.safetensors", "x");
    Path index = index("{\"weight_map\":{\"x\":\"a.safetensors\",\"y\":\"a.safetensors\"}}");
    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage(
            "the index places tensor \"y\" in a.safetensors, which lacks it (%s)".formatted(index));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|the index must be an object, got an array",
        "{}|weight_map must name at least one tensor",
        "{\"weight_map\":{}}|weight_map must name at least one tensor",
        "{\"weight_map\":[]}|weight_map must be an object, got an array",
        "{\"weight_map\":{\"x\":1}}|weight_map: \"x\" must be a string, got a number",
        "{\"weight_map\":{\"x\":\"a.safetensors\",\"x\":\"a.safetensors\"}}|weight_map names \"x\" twice",
        "{\"weight_map\":{\"x\":\"a.safetensors\"},\"weight_map\":{}}|weight_map is given twice",
        "{\"weight_map\":{\"x\":\"a.safetensors\"}} 1|the index goes on after its JSON object",
        "{\"weight_map\":{\"x\":\"../a.safetensors\"}}|weight_map: \"x\" must be in a .safetensors file beside the index, got \"../a.safetensors\"",
        "{\"weight_map\":{\"x\":\"/etc/passwd\"}}|weight_map: \"x\" must be in a .safetensors file beside the index, got \"/etc/passwd\"",
      })
  void open_refuses_whenTheIndexIsMalformed(String json, String expected) throws IOException {
    Path index = index(json);
    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .hasMessage("%s (%s)".formatted(expected, index));
  }

  @Test
  void open_refusesInOneLine_whenTheIndexIsNoJson() throws IOException {
    Path index = index("{\"weight_map\":\n\n}");
    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(SafetensorsException.class)
        .message()
        .startsWith("the index is not valid JSON: ")
        .endsWith("(" + index + ")")
        .hasLineCount(1);
  }
}
