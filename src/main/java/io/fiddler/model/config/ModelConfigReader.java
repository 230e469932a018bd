package io.fiddler.model.config;

import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelLoadException;
import io.fiddler.tensor.ElementType;
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
  /// @param elementType how it says its weights are stored; BF16 if it does not say
  public record Described(ModelConfig config, TensorNames tensorNames, ElementType elementType) {}

  /// Reads the files of `directory`.
  ///
  /// @throws ModelLoadException if config.json is missing, malformed or unsupported
  public static Described read(Path directory) {
    return read(directory.resolve("config.json"), generationConfig(directory));
  }

  /// Reads a config.json, whatever its name, by itself.
  ///
  /// @throws ModelLoadException if it is missing, malformed or unsupported
  public static Described readFile(Path configFile) {
    return read(configFile, Optional.empty());
  }

  /// What checkpoints of an architecture call their tensors.
  ///
  /// @param modelType as a config.json has it
  public static TensorNames tensorNames(String modelType) {
    Architecture architecture = Architecture.SUPPORTED.get(modelType);
    if (architecture == null) {
      throw new IllegalArgumentException(
          "modelType must be one of %s, got %s"
              .formatted(Architecture.SUPPORTED.keySet(), modelType));
    }
    return architecture.tensorNames();
  }

  private static Described read(Path configFile, Optional<ConfigObject> generationConfig) {
    ConfigObject config = ConfigObject.read(configFile);
    Architecture architecture = Architecture.of(config);
    TokenIdKeys tokenIds = new TokenIdKeys(config, generationConfig);
    return new Described(
        architecture.config(config, tokenIds), architecture.tensorNames(), elementType(config));
  }

  private static ElementType elementType(ConfigObject config) {
    String key = config.has("dtype") ? "dtype" : "torch_dtype";
    return switch (config.optionalString(key).orElse("bfloat16")) {
      case "bfloat16" -> ElementType.BF16;
      case "float16" -> ElementType.F16;
      case "float32" -> ElementType.F32;
      default -> throw config.invalid(key, "must be bfloat16, float16 or float32");
    };
  }

  private static Optional<ConfigObject> generationConfig(Path directory) {
    Path file = directory.resolve("generation_config.json");
    return Files.exists(file) ? Optional.of(ConfigObject.read(file)) : Optional.empty();
  }
}
