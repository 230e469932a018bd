package io.fiddler.model.config;

import java.util.Optional;
import java.util.Set;

/// Where special token ids are found: in generation_config.json if it has the key, else in
/// config.json, as Hugging Face decides.
///
/// @param config config.json
/// @param generation generation_config.json, if there is one
record TokenIdKeys(ConfigObject config, Optional<ConfigObject> generation) {
  Set<Integer> bos(int vocabSize) {
    return ids("bos_token_id", vocabSize);
  }

  Set<Integer> eos(int vocabSize) {
    return ids("eos_token_id", vocabSize);
  }

  private Set<Integer> ids(String key, int vocabSize) {
    return generation.filter(g -> g.has(key)).orElse(config).tokenIds(key, vocabSize);
  }
}
