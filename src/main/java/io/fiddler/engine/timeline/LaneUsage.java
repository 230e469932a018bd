package io.fiddler.engine.timeline;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// How long the working lanes were busy, and how long together.
///
/// @param busyNanos by lane: intervals of one lane that overlap count once
/// @param anyNanos at least one was busy
/// @param overlapNanos at least two were busy
public record LaneUsage(Map<TimelineLane, Long> busyNanos, long anyNanos, long overlapNanos) {
  public LaneUsage {
    busyNanos = Map.copyOf(busyNanos);
  }

  /// A lane begins or ends something.
  private record Edge(long nanos, TimelineLane lane, int change) {}

  /// Of these intervals.
  public static LaneUsage of(List<LaneInterval> intervals) {
    Edge[] edges =
        intervals.stream()
            .filter(interval -> interval.lane().isWorking())
            .mapMulti((LaneInterval interval, Consumer<Edge> to) -> {
              to.accept(new Edge(interval.startNanos(), interval.lane(), 1));
              to.accept(new Edge(interval.endNanos(), interval.lane(), -1));
            })
            .toArray(Edge[]::new);
    if (edges.length == 0) {
      return new LaneUsage(Map.of(), 0, 0);
    }
    long origin = edges[0].nanos(); // nanoTime may pass zero: only differences compare
    Arrays.sort(edges, Comparator.comparingLong(edge -> edge.nanos() - origin));
    return sweep(edges);
  }

  private static LaneUsage sweep(Edge[] edges) {
    int[] open = new int[TimelineLane.values().length];
    long[] busy = new long[open.length];
    long any = 0;
    long overlap = 0;
    long before = edges[0].nanos();
    for (Edge edge : edges) {
      long nanos = edge.nanos() - before;
      int lanes = 0;
      for (int lane = 0; lane < open.length; lane++) {
        if (open[lane] > 0) {
          lanes++;
          busy[lane] += nanos;
        }
      }
      any += lanes > 0 ? nanos : 0;
      overlap += lanes > 1 ? nanos : 0;
      open[edge.lane().ordinal()] += edge.change();
      before = edge.nanos();
    }
    Map<TimelineLane, Long> byLane = new EnumMap<>(TimelineLane.class);
    for (TimelineLane lane : TimelineLane.values()) {
      if (busy[lane.ordinal()] > 0) {
        byLane.put(lane, busy[lane.ordinal()]);
      }
    }
    return new LaneUsage(byLane, any, overlap);
  }

  /// How long a lane was busy.
  public long busyNanos(TimelineLane lane) {
    return busyNanos.getOrDefault(lane, 0L);
  }

  /// Share of the time in which a lane was busy that a second one was, in [0, 1].
  public double overlapShare() {
    return anyNanos == 0 ? 0 : (double) overlapNanos / anyNanos;
  }
}
