package io.fiddler.placement.simulation;

import io.fiddler.dispatch.Dispatcher;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.ExpertLoad;
import io.fiddler.dispatch.LaneForecast;
import io.fiddler.dispatch.LatencyModel;
import io.fiddler.expert.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the experts of one layer cost in a step, as the dispatcher would spread them and the
/// latency model prices that. It depends only on how many rows each expert has and whether it is
/// resident, so the same few cases come again and again and are planned once.
final class LayerCosts {
  /// Beyond so many cases they are planned each time: a bound on memory.
  private static final int MOST_KEPT = 1 << 17;

  private final LatencyModel latency;
  private final Dispatcher dispatcher;
  private final int numSlices;
  private final boolean deviceOnHost;
  private final Map<Case, Cost> kept = new HashMap<>();

  /// @param nanos until the slowest lane ends
  /// @param streamedSlices slices copied to the device
  record Cost(double nanos, int streamedSlices) {}

  /// @param deviceOnHost whether the device computes only while the host does not
  LayerCosts(LatencyModel latency, Dispatcher dispatcher, int numSlices, boolean deviceOnHost) {
    this.latency = latency;
    this.dispatcher = dispatcher;
    this.numSlices = numSlices;
    this.deviceOnHost = deviceOnHost;
  }

  /// What experts have to do.
  ///
  /// @param experts for each that has rows twice their number, and one more if it is resident; the
  ///   order is of no matter
  /// @param length how many there are
  Cost of(int[] experts, int length) {
    int[] sorted = Arrays.copyOf(experts, length);
    Arrays.sort(sorted);
    Case key = new Case(sorted);
    Cost cost = kept.get(key);
    if (cost == null) {
      cost = plan(sorted);
      if (kept.size() < MOST_KEPT) {
        kept.put(key, cost);
      }
    }
    return cost;
  }

  /// As {@link #of} takes it.
  static int expert(int rows, boolean resident) {
    return 2 * rows + (resident ? 1 : 0);
  }

  private Cost plan(int[] experts) {
    List<ExpertLoad> loads = new ArrayList<>(experts.length);
    for (int i = 0; i < experts.length; i++) {
      loads.add(new ExpertLoad(i, experts[i] >> 1, (experts[i] & 1) == 1));
    }
    List<ExpertDecision> plan = dispatcher.plan(loads, numSlices);
    int streamed = 0;
    double computing = 0;
    for (ExpertDecision decision : plan) {
      int onDevice = numSlices - decision.hostSlices();
      streamed += decision.way() == Way.RESIDENT ? 0 : onDevice;
      computing += latency.deviceNanos().at(decision.rows()) * onDevice / numSlices;
    }
    LaneForecast lanes = LaneForecast.of(latency, plan, numSlices);
    double oneByOne = deviceOnHost ? lanes.hostNanos() + computing : 0;
    return new Cost(Math.max(lanes.slowestNanos(), oneByOne), streamed);
  }

  private static final class Case {
    private final int[] experts;
    private final int hash;

    Case(int[] experts) {
      this.experts = experts;
      this.hash = Arrays.hashCode(experts);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Case that && Arrays.equals(experts, that.experts);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
