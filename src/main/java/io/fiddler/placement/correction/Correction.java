package io.fiddler.placement.correction;

import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Decides which experts should change places: the most chosen of those that are not wanted on the
/// device against the least chosen of those that are, best pair first, for as long as a pair is
/// worth it. A pair is, if the gain in hit rate
///
/// - is a margin of the share that leaves, and some standard errors of the counts, so that neither
///   small differences nor noise move anything, and what was moved is not moved back by them;
/// - is expected to earn more hits within the horizon than its copy costs;
///
/// and neither of the two was moved a short time ago. Not thread-safe; times are of any clock that
/// only goes forward.
public final class Correction {
  /// A copy takes the way to the device as long as a streamed expert does, which serves all the
  /// tokens of a step that chose it; so many, in a step of some size.
  private static final double HITS_PER_COPY = 16;

  /// Nothing is decided by the history alone.
  private static final double MIN_COUNTS_PER_EXPERT = 8;

  private final ExpertGrid grid;
  private final ExchangeRules rules;
  private final TrafficEstimate traffic;
  private final AssignmentRate rate = new AssignmentRate();
  private final CopyBudget budget;
  private final Dwell dwell;
  private long assignments;

  /// Nothing counted.
  public Correction(ExpertGrid grid, ExchangeRules rules, double[] prior) {
    this.grid = grid;
    this.rules = rules;
    this.traffic = new TrafficEstimate(grid, prior);
    this.budget = new CopyBudget(rules.maxCopyBytesPerSecond());
    this.dwell = new Dwell(rules.dwell(), grid.size());
  }

  /// Adds what was counted in the last `elapsedNanos`.
  public void observe(ActivationSnapshot counted, long elapsedNanos) {
    traffic.add(counted, elapsedNanos);
    rate.add(counted.total(), elapsedNanos);
    assignments += counted.total();
  }

  /// What is known of the traffic.
  public TrafficEstimate traffic() {
    return traffic;
  }

  /// All exchanges that are worth it, best first.
  ///
  /// @param wanted experts that are to be on the device
  /// @param capacity most of them
  public List<Exchange> worthwhile(Collection<ExpertId> wanted, int capacity, long nowNanos) {
    if (traffic.window().total() < MIN_COUNTS_PER_EXPERT * grid.size()) {
      return List.of();
    }
    double[] shares = traffic.shares();
    BitSet inside = new BitSet(grid.size());
    wanted.forEach(id -> inside.set(grid.indexOf(id)));
    List<Integer> loads = movable(shares, inside, false, nowNanos);
    List<Integer> evicts = movable(shares, inside, true, nowNanos).reversed();
    int free = Math.max(0, capacity - inside.cardinality());
    List<Exchange> exchanges = new ArrayList<>();
    for (int i = 0; i < loads.size() && i < free + evicts.size(); i++) {
      int load = loads.get(i);
      int evict = i < free ? -1 : evicts.get(i - free);
      double leaving = evict < 0 ? 0 : shares[evict];
      double gain = shares[load] - leaving;
      double error = traffic.standardError(shares[load], leaving);
      if (!isWorthwhile(gain, leaving, error)) {
        break;
      }
      exchanges.add(new Exchange(grid.at(load), evict < 0 ? null : grid.at(evict), gain, error));
    }
    return exchanges;
  }

  private boolean isWorthwhile(double gain, double leaving, double error) {
    double hits = gain * rate.perSecond() * rules.horizon().toNanos() / 1e9;
    return gain > rules.margin() * leaving
        && gain > rules.confidence() * error
        && hits > HITS_PER_COPY;
  }

  /// Experts inside or outside that do not dwell, the most chosen first, the lower index of equals.
  private List<Integer> movable(double[] shares, BitSet inside, boolean in, long nowNanos) {
    return IntStream.range(0, grid.size())
        .filter(index -> inside.get(index) == in && !dwell.holds(index, nowNanos, assignments))
        .boxed()
        .sorted(Comparator.comparingDouble((Integer index) -> shares[index]).reversed())
        .toList();
  }

  /// How many exchanges may be made now, by the bytes they copy.
  public int affordable(long expertSizeBytes, long nowNanos) {
    return budget.affordable(expertSizeBytes, nowNanos);
  }

  /// These exchanges are being made.
  public void moved(List<Exchange> exchanges, long expertSizeBytes, long nowNanos) {
    for (Exchange exchange : exchanges) {
      moved(exchange.load(), nowNanos);
      if (exchange.evict() != null) {
        moved(exchange.evict(), nowNanos);
      }
    }
    budget.spend(exchanges.size() * expertSizeBytes, nowNanos);
  }

  /// Somebody else moved an expert.
  public void moved(ExpertId id, long nowNanos) {
    dwell.moved(grid.indexOf(id), nowNanos, assignments);
  }
}
