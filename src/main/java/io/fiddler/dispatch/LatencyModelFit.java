package io.fiddler.dispatch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// From measurements to a latency model. Pure.
///
/// Medians, because a neighbour on the machine makes single measurements many times too long; and
/// curves that never fall, because more rows never take less time and where the measurements say so
/// it is noise.
public final class LatencyModelFit {
  private LatencyModelFit() {}

  /// The model of all samples.
  ///
  /// @throws IllegalArgumentException if one of the three has no samples
  public static LatencyModel fit(LatencySamples samples) {
    return new LatencyModel(
        curve(samples.host(), "host"),
        curve(samples.device(), "device"),
        median(require(samples.copyNanos(), "copy")));
  }

  private static LatencyCurve curve(List<LatencySamples.Sample> samples, String lane) {
    Map<Integer, List<Double>> nanosByRows = new TreeMap<>();
    for (LatencySamples.Sample sample : require(samples, lane)) {
      nanosByRows.computeIfAbsent(sample.rows(), _ -> new ArrayList<>()).add(sample.nanos());
    }
    Deque<Pool> pools = new ArrayDeque<>();
    nanosByRows.forEach((rows, nanos) -> add(pools, rows, nanos));
    List<LatencyCurve.Point> points = new ArrayList<>();
    for (Pool pool : pools) {
      for (int rows : pool.rows()) {
        points.add(new LatencyCurve.Point(rows, pool.nanos()));
      }
    }
    return new LatencyCurve(points);
  }

  /// Appends a median; while it falls below what precedes it, both take their mean, weighted by
  /// samples (pool adjacent violators: the closest curve that never falls).
  private static void add(Deque<Pool> pools, int rows, List<Double> nanos) {
    Pool pool = new Pool(List.of(rows), median(nanos), nanos.size());
    while (!pools.isEmpty() && pools.getLast().nanos() > pool.nanos()) {
      pool = pools.removeLast().joined(pool);
    }
    pools.addLast(pool);
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static <T> List<T> require(List<T> samples, String lane) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException(
          "a latency model needs samples of host, device and copy, got none of " + lane);
    }
    return samples;
  }

  /// Neighbouring numbers of rows that take the same time.
  private record Pool(List<Integer> rows, double nanos, int samples) {
    Pool joined(Pool next) {
      List<Integer> all = new ArrayList<>(rows);
      all.addAll(next.rows);
      int weight = samples + next.samples;
      double mean = (nanos * samples + next.nanos * next.samples) / weight;
      return new Pool(List.copyOf(all), mean, weight);
    }
  }
}
