package io.fiddler.ops;

import io.fiddler.expert.ExpertId;
import io.fiddler.usage.PlacementVersion;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// How the experts of one placement differ from those of another, in order of layer and index.
///
/// @param against the other one
/// @param added experts that only this one wants
/// @param removed experts that only the other one wants
/// @param kept how many both want
record PlacementDiff(long against, List<ExpertId> added, List<ExpertId> removed, int kept) {
  private static final Comparator<ExpertId> IN_ORDER =
      Comparator.comparingInt(ExpertId::layer).thenComparingInt(ExpertId::expert);

  /// What is different in `shown`.
  ///
  /// @throws IllegalArgumentException if they are of different models
  static PlacementDiff between(PlacementVersion base, PlacementVersion shown) {
    if (!base.fingerprint().equals(shown.fingerprint())) {
      throw new IllegalArgumentException(
          "against must be a placement of the same model, got %d, which is of the model %s"
              .formatted(base.id(), base.fingerprint()));
    }
    Set<ExpertId> before = experts(base);
    Set<ExpertId> now = experts(shown);
    List<ExpertId> added = only(now, before);
    return new PlacementDiff(base.id(), added, only(before, now), now.size() - added.size());
  }

  private static Set<ExpertId> experts(PlacementVersion version) {
    return version.placement().expertIds().stream().collect(Collectors.toSet());
  }

  private static List<ExpertId> only(Set<ExpertId> one, Set<ExpertId> other) {
    return one.stream().filter(id -> !other.contains(id)).sorted(IN_ORDER).toList();
  }
}
