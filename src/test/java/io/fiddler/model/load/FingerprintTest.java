package io.fiddler.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.model.ModelWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
  @TempDir Path directory;

  private String fingerprint(CheckpointFixture model, String folder) {
    try {
      Path target = Files.createDirectories(directory.resolve(folder));
      model.write(target);
      return fingerprint(target);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String fingerprint(Path model) {
    try (ModelWeights weights =
        ModelSources.of(model.toString(), directory, 1).load((_, _) -> {})) {
      return weights.fingerprint();
    }
  }

  private String original() {
    return fingerprint(new CheckpointFixture("BF16"), "original");
  }

  @Test
  void fingerprint_isTheSame_whereverTheFilesLie() {
    assertThat(fingerprint(new CheckpointFixture("BF16"), "elsewhere/deeper"))
        .isEqualTo(original())
        .matches("[0-9a-f]{64}");
  }

  @Test
  void fingerprint_isTheSame_whateverTheSpelling() {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.config.put("rope_parameters", "{\"rope_theta\": 1000000, \"rope_type\": \"default\"}");
    model.config.put("head_dim", "4");
    model.config.put("eos_token_id", "7");
    assertThat(fingerprint(model, "spelled")).isEqualTo(original());
  }

  @Test
  void fingerprint_differs_whenTheArchitectureDoes() {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.config.put("rope_theta", "10000");
    assertThat(fingerprint(model, "theta")).isNotEqualTo(original());
  }

  @Test
  void fingerprint_differs_whenAnyTensorDoes() {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.put("model.layers.1.block_sparse_moe.experts.2.w2.weight", "BF16", 12, 96);
    assertThat(fingerprint(model, "tensor")).isNotEqualTo(original());
  }

  @Test
  void fingerprint_differs_whenAHeaderDoes() {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.tensors.put("unused", "U8", List.of(0), new byte[0]);
    assertThat(fingerprint(model, "header")).isNotEqualTo(original());
  }
}
