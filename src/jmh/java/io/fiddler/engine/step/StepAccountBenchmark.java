package io.fiddler.engine.step;

import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine.PhaseAssignments;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.TraceOptions;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.engine.PrefillReport;
import io.fiddler.expert.AtomicActivationCounters;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Way;
import io.fiddler.kernel.Routing;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.scheduler.Batch;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
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

/// What counting costs a decode step: every choice of every row, for the model by tenant and
/// expert, for the generation and the step by way, in all layers. Sampled, since the median says it
/// also on a machine with other work.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class StepAccountBenchmark {
  private static final int EXPERTS = 8;
  private static final int TOP_K = 2;
  private static final Limits LIMITS = new Limits(64, 64, 64, 0);

  /// Mixtral has 32, tiny-moe 6.
  @Param({"32", "6"})
  int layers;

  /// Sequences that decode.
  @Param({"1", "16", "64"})
  int rows;

  private final List<ActiveGeneration> generations = new ArrayList<>();
  private final List<Routing> routings = new ArrayList<>();
  private final List<List<ExpertDecision>> decisions = new ArrayList<>();
  private Batch batch = new Batch(List.of());
  private StepAccount account = account(new ExpertGrid(List.of(1)));

  private static StepAccount account(ExpertGrid grid) {
    return new StepAccount(new AtomicActivationCounters(grid), 1);
  }

  @Setup
  public void route() {
    ExpertGrid grid = new ExpertGrid(Collections.nCopies(layers, EXPERTS));
    account = account(grid);
    TraceSampling traces = new TraceSampling(TraceOptions.NONE, grid, TOP_K);
    List<Chunk> chunks = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      ActiveGeneration generation =
          new ActiveGeneration(
              request("tenant-" + row % 4), new Silent(), Set.of(), LIMITS, () -> {});
      generation.queued(traces.begin(1));
      generation.onStep(1, 0);
      generations.add(generation);
      chunks.add(new Chunk(generation.group().members().getFirst(), 1, 1));
    }
    batch = new Batch(chunks);
    SplittableRandom random = new SplittableRandom(1);
    for (int layer = 0; layer < layers; layer++) {
      Routing routing = new Routing(rows, TOP_K);
      routing.rows(rows);
      int[] loads = new int[EXPERTS];
      for (int row = 0; row < rows; row++) {
        int first = random.nextInt(EXPERTS);
        int second = (first + 1 + random.nextInt(EXPERTS - 1)) % EXPERTS;
        routing.selectedExperts()[row * TOP_K] = first;
        routing.selectedExperts()[row * TOP_K + 1] = second;
        loads[first]++;
        loads[second]++;
      }
      routings.add(routing);
      decisions.add(decisions(loads));
    }
  }

  private static List<ExpertDecision> decisions(int[] loads) {
    List<ExpertDecision> plan = new ArrayList<>();
    for (int expert = 0; expert < loads.length; expert++) {
      if (loads[expert] > 0) {
        Way way = expert % 4 == 0 ? Way.RESIDENT : Way.HOST;
        plan.add(new ExpertDecision(expert, loads[expert], way, way == Way.HOST ? 1 : 0));
      }
    }
    return plan;
  }

  private static GenerationRequest request(String tenant) {
    return new GenerationRequest(
        Origin.of(tenant),
        new int[] {7},
        64,
        Decoding.sampled(SamplingParameters.greedy()),
        Set.of(),
        true,
        -1,
        false);
  }

  @Benchmark
  public PhaseAssignments count() {
    account.begin(rows);
    for (int layer = 0; layer < layers; layer++) {
      account.layer(batch, generations, layer, routings.get(layer), decisions.get(layer));
    }
    return account.assignments();
  }

  /// Nobody listens.
  private static final class Silent implements GenerationListener {
    @Override
    public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {}

    @Override
    public void onToken(SampledToken token) {}

    @Override
    public void onFinish(GenerationReport report) {}

    @Override
    public void onFailure(Throwable failure, GenerationReport report) {}
  }
}
