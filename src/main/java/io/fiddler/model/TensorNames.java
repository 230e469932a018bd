package io.fiddler.model;

import java.util.EnumMap;
import java.util.Map;

/// The names that one architecture gives its tensors.
///
/// @param patterns a name for each role, with `{layer}` and `{expert}` for the indices
record TensorNames(Map<TensorRole, String> patterns) {
  TensorNames {
    patterns = Map.copyOf(new EnumMap<>(patterns));
  }

  String of(TensorId id) {
    String pattern = patterns.get(id.role());
    if (pattern == null) {
      throw new IllegalArgumentException("the architecture has no tensor " + id);
    }
    return pattern
        .replace("{layer}", Integer.toString(id.layer()))
        .replace("{expert}", Integer.toString(id.expert()));
  }
}
