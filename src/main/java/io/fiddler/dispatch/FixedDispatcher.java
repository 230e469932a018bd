package io.fiddler.dispatch;

import java.util.ArrayList;
import java.util.List;

/// Sends every expert that is not resident the same way, whatever it costs: for tests, benchmarks
/// and reproducible runs.
public enum FixedDispatcher implements Dispatcher {
  /// All on the host.
  HOST,
  /// All streamed to the device.
  STREAM,
  /// The first half of the slices on the host, the others streamed; an expert of one slice, which
  /// cannot be split, on the host.
  SPLIT;

  @Override
  public List<ExpertDecision> plan(List<ExpertLoad> loads, int numSlices) {
    List<ExpertDecision> decisions = new ArrayList<>(loads.size());
    for (ExpertLoad load : loads) {
      int hostSlices = load.resident() ? 0 : hostSlices(numSlices);
      decisions.add(ExpertDecision.of(load, hostSlices, numSlices));
    }
    return decisions;
  }

  private int hostSlices(int numSlices) {
    return switch (this) {
      case HOST -> numSlices;
      case STREAM -> 0;
      case SPLIT -> numSlices == 1 ? 1 : numSlices / 2;
    };
  }
}
