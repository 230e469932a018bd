package io.fiddler.bench.plan;

import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import io.fiddler.model.config.ModelConfigReader;
import io.fiddler.model.config.ModelConfigReader.Described;
import io.fiddler.model.load.ModelSources;
import io.fiddler.model.load.WeightSizes;
import io.fiddler.tensor.ElementType;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/// A model of which the configuration at least is there.
///
/// @param name for people
/// @param sizes of its weights
/// @param fingerprint of its weights, if these are there
public record PlannedModel(String name, WeightSizes sizes, Optional<String> fingerprint) {
  /// A model directory, complete or with a config.json alone, a config.json of any name, `tiny-moe`
  /// or `synthetic:...`.
  ///
  /// @param home folder for unpacked models
  /// @throws ModelLoadException if it is none of these
  public static PlannedModel of(String model, Path home) {
    Path path = path(model);
    if (Files.isRegularFile(path)) {
      return described(model, ModelConfigReader.readFile(path), Optional.empty());
    }
    if (!Files.isDirectory(path) && model.endsWith(".json")) {
      throw new ModelLoadException("there is no file " + model);
    }
    ModelSource source = ModelSources.of(model, home.resolve("models"), 1);
    if (Files.isDirectory(path)) {
      return described(source.name(), ModelConfigReader.read(path), source.fingerprint());
    }
    // Embedded and synthetic models are BF16.
    return new PlannedModel(
        source.name(), new WeightSizes(source.config(), ElementType.BF16), source.fingerprint());
  }

  private static PlannedModel described(
      String name, Described described, Optional<String> fingerprint) {
    return new PlannedModel(
        name, new WeightSizes(described.config(), described.elementType()), fingerprint);
  }

  private static Path path(String model) {
    try {
      return Path.of(model);
    } catch (InvalidPathException e) {
      throw new ModelLoadException(
          "the model \"%s\" cannot be used: %s".formatted(model, e.getMessage()), e);
    }
  }
}
