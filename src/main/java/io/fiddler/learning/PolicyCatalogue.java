package io.fiddler.learning;

import io.fiddler.placement.PlacementPolicy;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The policies that can be asked for by name.
///
/// @param standard the one used unless another is asked for
/// @param named each by its name in placements
public record PolicyCatalogue(PlacementPolicy standard, Map<String, PlacementPolicy> named) {
  public PolicyCatalogue {
    named = new TreeMap<>(named);
  }

  /// The policy of this name, without one the standard.
  ///
  /// @throws IllegalArgumentException if there is none, with a sentence that tells which there are
  public PlacementPolicy get(Optional<String> name) {
    if (name.isEmpty()) {
      return standard;
    }
    PlacementPolicy policy = named.get(name.get());
    if (policy == null) {
      throw new IllegalArgumentException(
          "policy must be one of %s, got %s"
              .formatted(String.join(", ", named.keySet()), name.get()));
    }
    return policy;
  }
}
