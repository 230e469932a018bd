package io.fiddler.bench.measure;

import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.FrequencyPolicy;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;

/// Lets traffic choose the resident experts, as the service does: runs generations, counts what
/// their routers chose, and applies the placement that follows.
public final class LearnedPlacement {
  /// Enough tokens for a few hundred choices of each expert of a layer with eight.
  private static final int ROUNDS = 4;

  /// Prompts that no measured round has.
  private static final long SEED = Long.MIN_VALUE;

  private LearnedPlacement() {}

  /// Runs the traffic, returns when the placement is in force.
  ///
  /// @param traffic run a few times, each time with other prompts
  public static Placement apply(FiddlerEngine engine, StepLog log, Scenario traffic) {
    for (int round = 0; round < ROUNDS; round++) {
      Round.run(engine, log, traffic, SEED + round, Long.MAX_VALUE);
    }
    Placement placement =
        new FrequencyPolicy()
            .plan(PastActivations.of(statistics(engine)), engine.device().expertCapacity());
    engine.apply(new VersionedPlacement(0, placement)).join();
    return placement;
  }

  private static ActivationStatistics statistics(FiddlerEngine engine) {
    ExpertGrid grid = engine.model().grid();
    ActivationSnapshot counted =
        ActivationSnapshot.sum(grid, engine.activations().snapshot().values());
    return ActivationStatistics.of(grid, counted);
  }
}
