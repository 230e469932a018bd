package io.fiddler.model.config;

import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelLoadException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads the config.json and generation_config.json of a Hugging Face model directory.
public final class ModelConfigReader {
  private ModelConfigReader() {}

  /// What the files describe.
  ///
  /// @param config the architecture
  /// @param tensorNames what its checkpoints call their tensors
  public record Described(ModelConfig config, TensorNames tensorNames) {}

  /// Reads the files of `directory`.
  ///
  /// @throws ModelLoadException if config.json is missing, malformed or unsupported
  public static Described read(Path directory) {
    ConfigObject config = ConfigObject.read(directory.resolve("config.json"));
    Architecture architecture = Architecture.of(config);
    TokenIdKeys tokenIds = new TokenIdKeys(config, generationConfig(directory));
    return new Described(architecture.config(config, tokenIds), architecture.tensorNames());
  }

  private static Optional<ConfigObject> generationConfig(Path directory) {
    Path file = directory.resolve("generation_config.json");
    return Files.exists(file) ? Optional.of(ConfigObject.read(file)) : Optional.empty();
  }
}
