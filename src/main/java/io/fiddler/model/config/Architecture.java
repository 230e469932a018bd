package io.fiddler.model.config;

import io.fiddler.model.ModelConfig;
import java.util.Map;
import java.util.TreeMap;

/// What is foreign about one family of checkpoints: the keys of its config.json and the names of
/// its tensors.
interface Architecture {
  /// Every supported family by its `model_type`.
  Map<String, Architecture> SUPPORTED = new TreeMap<>(Map.of("mixtral", new Mixtral()));

  /// The architecture that `config` describes, with the token ids of `generation` where it has any.
  ModelConfig config(ConfigObject config, TokenIdKeys tokenIds);

  /// The names of the tensors.
  TensorNames tensorNames();

  /// Finds the family of a config.json.
  static Architecture of(ConfigObject config) {
    String modelType = config.string("model_type");
    Architecture architecture = SUPPORTED.get(modelType);
    if (architecture == null) {
      throw config.invalid("model_type", "must be one of " + SUPPORTED.keySet());
    }
    return architecture;
  }
}
