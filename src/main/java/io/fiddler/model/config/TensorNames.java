package io.fiddler.model.config;

import java.util.EnumMap;
import java.util.Map;

/// The names that one architecture gives its tensors.
///
/// @param patterns a name for each role, with `{layer}` and `{expert}` for the indices
public record TensorNames(Map<TensorRole, String> patterns) {
  public TensorNames {
    patterns = Map.copyOf(new EnumMap<>(patterns));
  }

  public String of(TensorId id) {
    String pattern = patterns.get(id.role());
    if (pattern == null) {
      throw new IllegalArgumentException("the architecture has no tensor " + id);
    }
    return pattern
        .replace("{layer}", Integer.toString(id.layer()))
        .replace("{expert}", Integer.toString(id.expert()));
  }
}
