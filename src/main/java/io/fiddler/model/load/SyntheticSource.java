package io.fiddler.model.load;

import io.fiddler.model.LoadProgress;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ExpertFormat.Tiling;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Random weights of a well-known shape, made in memory; no tokenizer.
///
/// @param name a name for people
/// @param shape the model's shape
/// @param seed of the weights
/// @param skew how much more popular some experts of a layer are, see {@link RouterSkew}
/// @param loadThreads threads that make them
record SyntheticSource(String name, SyntheticShape shape, long seed, double skew, int loadThreads)
    implements ModelSource {
  static final String PREFIX = "synthetic:";
  private static final int MAX_COUNT = 4096;
  private static final int MAX_SKEW = 4;

  /// Parses `synthetic:mixtral-8x7b?layers=3&experts=8&seed=1&skew=1.0`; every parameter may be
  /// left out.
  static SyntheticSource parse(String path, int loadThreads) {
    String[] parts = path.substring(PREFIX.length()).split("\\?", 2);
    SyntheticShape shape = SyntheticShape.NAMED.get(parts[0]);
    if (shape == null) {
      throw new ModelLoadException(
          "the synthetic shape must be one of %s, got \"%s\" (%s)"
              .formatted(SyntheticShape.NAMED.keySet(), parts[0], path));
    }
    long seed = 0;
    double skew = 0;
    Set<String> seen = new HashSet<>();
    for (String parameter : parts.length == 1 ? new String[0] : parts[1].split("&", -1)) {
      String[] pair = parameter.split("=", 2);
      String value = pair.length == 2 ? pair[1] : "";
      if (!seen.add(pair[0])) {
        throw new ModelLoadException("%s is given twice (%s)".formatted(pair[0], path));
      }
      switch (pair[0]) {
        case "layers" -> shape = shape.withNumLayers(count(pair[0], value, 1, path));
        case "experts" ->
            shape =
                shape.withNumExperts(
                    count(pair[0], value, SyntheticShape.NUM_EXPERTS_PER_TOKEN, path));
        case "seed" -> seed = number(pair[0], value, Long.MIN_VALUE, Long.MAX_VALUE, path);
        case "skew" -> skew = exponent(pair[0], value, path);
        default ->
            throw new ModelLoadException(
                "a synthetic model's parameters are [experts, layers, seed, skew], got \"%s\" (%s)"
                    .formatted(pair[0], path));
      }
    }
    return new SyntheticSource("synthetic-" + parts[0], shape, seed, skew, loadThreads);
  }

  private static double exponent(String parameter, String value, String path) {
    try {
      double number = Double.parseDouble(value);
      if (number >= 0 && number <= MAX_SKEW) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the rule.
    }
    throw new ModelLoadException(
        "%s must be a number in [0, %d], got \"%s\" (%s)"
            .formatted(parameter, MAX_SKEW, value, path));
  }

  private static int count(String parameter, String value, int min, String path) {
    return (int) number(parameter, value, min, MAX_COUNT, path);
  }

  private static long number(String parameter, String value, long min, long max, String path) {
    try {
      long number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the rule.
    }
    throw new ModelLoadException(
        "%s must be a whole number in [%d, %d], got \"%s\" (%s)"
            .formatted(parameter, min, max, value, path));
  }

  @Override
  public ModelConfig config() {
    return shape.config();
  }

  @Override
  public ModelWeights load(Tiling tiling, LoadProgress progress) {
    ModelConfig config = config();
    return new WeightsAssembler(name, config, tensors(), tiling)
        .load(Fingerprint.ofSynthetic(config, seed, skew), progress);
  }

  RandomTensors tensors() {
    return new RandomTensors(seed, new RouterSkew(seed, skew), loadThreads);
  }

  @Override
  public Optional<String> fingerprint() {
    return Optional.of(Fingerprint.ofSynthetic(config(), seed, skew));
  }

  @Override
  public Optional<Path> tokenizerFile() {
    return Optional.empty();
  }
}
