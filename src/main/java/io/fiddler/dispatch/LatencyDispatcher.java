package io.fiddler.dispatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Spreads the experts that are not resident over the host and the copy and device lanes so that
/// the lane that ends last ends as early as the latency model allows. Deterministic; thread-safe.
///
/// Section 3.3 of [arXiv 2402.07033](https://arxiv.org/abs/2402.07033) decides for each expert by
/// itself, CPU against copy plus GPU. Here the lanes run at the same time, so the experts are put
/// in one line, most rows first: copying costs the same for each, and those spare the host the
/// most. As the part of the line that is streamed grows slice by slice, the host ends earlier and
/// the device later; the plan is where they cross, and the one expert there may be split. Experts
/// whose slices are on their way already head the line and are streamed: that copying is paid for.
public final class LatencyDispatcher implements Dispatcher {
  /// Puts a key before all others, which are above `-SENT_FIRST`.
  private static final long SENT_FIRST = 1L << 62;

  private final LatencyModel model;

  /// A dispatcher for a machine.
  public LatencyDispatcher(LatencyModel model) {
    this.model = model;
  }

  @Override
  public List<ExpertDecision> plan(List<ExpertLoad> loads, int numSlices) {
    int[] line = inLine(loads);
    double[] hostFrom = hostNanosFrom(line, loads);
    int[] hostSlices = new int[loads.size()];
    Arrays.fill(hostSlices, numSlices);

    StreamClock clock = new StreamClock(residentNanos(loads));
    StreamClock trial = new StreamClock(0);
    double copySlice = model.copyNanos() / numSlices;
    for (int at = 0; at < line.length; at++) {
      ExpertLoad load = loads.get(line[at]);
      double deviceSlice = model.deviceNanos().at(load.rows()) / numSlices;
      if (load.sentSlices() > 0) {
        clock.stream(load.arrivedSlices(), 0, deviceSlice);
        clock.stream(numSlices - load.arrivedSlices(), copySlice, deviceSlice);
        hostSlices[line[at]] = 0;
        continue;
      }
      trial.set(clock);
      trial.stream(numSlices, copySlice, deviceSlice);
      if (trial.deviceEnd() >= hostFrom[at + 1]) {
        double host = hostFrom[at] - hostFrom[at + 1];
        hostSlices[line[at]] =
            crossing(clock, hostFrom[at + 1], host / numSlices, copySlice, deviceSlice, numSlices);
        break;
      }
      clock.set(trial);
      hostSlices[line[at]] = 0;
    }
    return decisions(loads, hostSlices, numSlices);
  }

  /// How many slices of the expert at the crossing stay on the host; of equally good numbers the
  /// largest, which copies least.
  private static int crossing(
      StreamClock before,
      double hostAfterNanos,
      double hostSliceNanos,
      double copySliceNanos,
      double deviceSliceNanos,
      int numSlices) {
    StreamClock trial = new StreamClock(0);
    int best = numSlices;
    double bestEnd = Double.POSITIVE_INFINITY;
    for (int hostSlices = numSlices; hostSlices >= 0; hostSlices--) {
      trial.set(before);
      trial.stream(numSlices - hostSlices, copySliceNanos, deviceSliceNanos);
      double end = Math.max(hostAfterNanos + hostSlices * hostSliceNanos, trial.deviceEnd());
      if (end < bestEnd) {
        best = hostSlices;
        bestEnd = end;
      }
    }
    return best;
  }

  /// Indices of the loads that are not resident: first those on their way, then the others, each in
  /// the order {@link ExpertDecision#STREAM_ORDER}.
  private static int[] inLine(List<ExpertLoad> loads) {
    long[] keys = new long[loads.size()];
    int length = 0;
    for (int i = 0; i < keys.length; i++) {
      ExpertLoad load = loads.get(i);
      if (!load.resident()) {
        long key = ((long) -load.rows() << Integer.SIZE) | i; // loads are in order of index
        keys[length++] = load.sentSlices() > 0 ? key - SENT_FIRST : key;
      }
    }
    Arrays.sort(keys, 0, length);
    int[] line = new int[length];
    for (int at = 0; at < length; at++) {
      line[at] = (int) keys[at];
    }
    return line;
  }

  /// What the host has to do if the line is streamed up to a place: `[line.length + 1]`.
  private double[] hostNanosFrom(int[] line, List<ExpertLoad> loads) {
    double[] from = new double[line.length + 1];
    for (int at = line.length - 1; at >= 0; at--) {
      from[at] = from[at + 1] + model.hostNanos().at(loads.get(line[at]).rows());
    }
    return from;
  }

  private double residentNanos(List<ExpertLoad> loads) {
    double nanos = 0;
    for (int i = 0; i < loads.size(); i++) {
      ExpertLoad load = loads.get(i);
      if (load.resident()) {
        nanos += model.deviceNanos().at(load.rows());
      }
    }
    return nanos;
  }

  private static List<ExpertDecision> decisions(
      List<ExpertLoad> loads, int[] hostSlices, int numSlices) {
    List<ExpertDecision> decisions = new ArrayList<>(hostSlices.length);
    for (int i = 0; i < hostSlices.length; i++) {
      ExpertLoad load = loads.get(i);
      int onHost = load.resident() ? 0 : hostSlices[i];
      decisions.add(ExpertDecision.of(load, onHost, numSlices));
    }
    return decisions;
  }
}
