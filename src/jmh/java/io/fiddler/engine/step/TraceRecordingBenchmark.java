package io.fiddler.engine.step;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertTrace;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What recording the choices of a traced generation costs for each token it decodes, its making
/// and handing over included.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class TraceRecordingBenchmark {
  private static final int EXPERTS = 8;
  private static final int TOP_K = 2;
  private static final int TOKENS = 256;

  /// Mixtral has 32, tiny-moe 6.
  @Param({"32", "6"})
  int layers;

  private int[] selected = {};
  private TraceRecording.Shape shape = TraceRecording.Shape.of(new ExpertGrid(List.of(1)), 1);

  @Setup
  public void route() {
    shape = TraceRecording.Shape.of(new ExpertGrid(Collections.nCopies(layers, EXPERTS)), TOP_K);
    selected = new SplittableRandom(1).ints((long) layers * TOP_K, 0, EXPERTS).toArray();
  }

  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public ExpertTrace record() {
    TraceRecording recording = new TraceRecording(shape, 1, TOKENS);
    for (int position = 0; position < TOKENS; position++) {
      for (int layer = 0; layer < layers; layer++) {
        recording.layer(layer, position, 1, selected, layer * TOP_K);
      }
    }
    return recording.trace();
  }
}
