package io.fiddler.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Reads the config.json and generation_config.json of a Hugging Face model directory.
final class ModelConfigReader {
  private ModelConfigReader() {}

  /// The architecture that the directory's files describe.
  ///
  /// @throws ModelLoadException if config.json is missing, malformed or unsupported
  static ModelConfig read(Path directory) {
    ConfigObject config = ConfigObject.read(directory.resolve("config.json"));
    return Architecture.of(config)
        .config(config, new TokenIdKeys(config, generationConfig(directory)));
  }

  private static Optional<ConfigObject> generationConfig(Path directory) {
    Path file = directory.resolve("generation_config.json");
    return Files.exists(file) ? Optional.of(ConfigObject.read(file)) : Optional.empty();
  }
}
