package io.fiddler.dispatch;

import java.util.ArrayList;
import java.util.List;

/// Splits every expert that is not resident at the same place, whatever its rows and the experts
/// beside it: for reproducible runs, where a row's result must not depend on the batch it is in.
///
/// @param hostSlices slices computed on the host, at least 0; experts with fewer are wholly there
public record UniformSplit(int hostSlices) implements Dispatcher {
  public UniformSplit {
    if (hostSlices < 0) {
      throw new IllegalArgumentException("hostSlices must be at least 0, got " + hostSlices);
    }
  }

  /// The split at which a single row's expert is done earliest.
  public static UniformSplit of(LatencyModel model, int numSlices) {
    List<ExpertDecision> plan =
        new LatencyDispatcher(model).plan(List.of(new ExpertLoad(0, 1, false)), numSlices);
    return new UniformSplit(plan.getFirst().hostSlices());
  }

  @Override
  public List<ExpertDecision> plan(List<ExpertLoad> loads, int numSlices) {
    List<ExpertDecision> decisions = new ArrayList<>(loads.size());
    for (ExpertLoad load : loads) {
      int onHost = load.resident() ? 0 : Math.min(hostSlices, numSlices);
      decisions.add(ExpertDecision.of(load, onHost, numSlices));
    }
    return decisions;
  }
}
