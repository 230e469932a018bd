package io.fiddler.learning.simulation;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// A what-if question as people ask it; what is left out is as it is now.
///
/// @param memoryBytes device memory
/// @param experts resident experts instead
/// @param policy name of the policy whose curve is drawn
/// @param copy how many times as fast copies are
/// @param host how many times as fast the CPU is
/// @param concurrency requests at once
public record WhatIf(
    OptionalLong memoryBytes,
    OptionalInt experts,
    Optional<String> policy,
    double copy,
    double host,
    int concurrency) {
  /// Everything as it is, for one request.
  public static final WhatIf AS_IT_IS =
      new WhatIf(OptionalLong.empty(), OptionalInt.empty(), Optional.empty(), 1, 1, 1);

  public WhatIf {
    if (memoryBytes.isPresent() && experts.isPresent()) {
      throw new IllegalArgumentException(
          "give memory or experts, not both: the one says what the other is");
    }
  }

  /// The capacity asked for.
  ///
  /// @throws IllegalArgumentException if the memory is too little for anything
  int experts(SimulationBasis basis) {
    if (memoryBytes.isPresent()) {
      return basis.expertsIn(memoryBytes.getAsLong());
    }
    return experts.orElse(basis.capacity());
  }
}
