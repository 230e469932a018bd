package io.fiddler.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What deciding costs per layer: it stands between the router and the experts of every layer of
/// every step, so it has to stay in microseconds.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class LatencyDispatcherBenchmark {
  private static final int NUM_SLICES = 14;

  /// Experts of a layer that rows go to: Mixtral has 8, Qwen3-30B-A3B 128.
  @Param({"1", "8", "128"})
  int numExperts;

  private final Dispatcher dispatcher =
      new LatencyDispatcher(
          new LatencyModel(curve(3_500_000, 44_000_000), curve(130_000, 250_000), 6_500_000));
  private final List<ExpertLoad> loads = new ArrayList<>();

  @Setup
  public void route() {
    SplittableRandom random = new SplittableRandom(1);
    for (int expert = 0; expert < numExperts; expert++) {
      loads.add(new ExpertLoad(expert, 1 + random.nextInt(64), random.nextInt(4) == 0));
    }
  }

  @Benchmark
  public List<ExpertDecision> plan() {
    return dispatcher.plan(loads, NUM_SLICES);
  }

  /// As many points as calibration measures.
  private static LatencyCurve curve(double one, double most) {
    List<LatencyCurve.Point> points = new ArrayList<>();
    for (int rows = 1; rows <= 512; rows *= 2) {
      points.add(new LatencyCurve.Point(rows, one + (most - one) * rows / 512));
    }
    return new LatencyCurve(points);
  }
}
