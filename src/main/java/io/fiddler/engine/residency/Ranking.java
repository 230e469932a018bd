package io.fiddler.engine.residency;

import io.fiddler.expert.ExpertId;
import io.fiddler.placement.Placement;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What experts are worth to a placement: the order in which it names them. One it does not name is
/// worth least.
final class Ranking {
  private final Map<ExpertId, Integer> rank = new HashMap<>();

  Ranking(Placement placement) {
    for (Placement.ScoredExpert expert : placement.experts()) {
      rank.putIfAbsent(expert.id(), rank.size());
    }
  }

  /// The one worth least.
  ///
  /// @param experts at least one, unless there is another
  /// @param another compared with them
  ExpertId worst(Collection<ExpertId> experts, @Nullable ExpertId another) {
    ExpertId worst = another;
    for (ExpertId expert : experts) {
      if (worst == null || rankOf(expert) > rankOf(worst)) {
        worst = expert;
      }
    }
    if (worst == null) {
      throw new IllegalArgumentException("there must be an expert to choose from");
    }
    return worst;
  }

  private int rankOf(ExpertId expert) {
    return rank.getOrDefault(expert, Integer.MAX_VALUE);
  }
}
