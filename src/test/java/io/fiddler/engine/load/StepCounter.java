package io.fiddler.engine.load;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.PrefillReport;
import io.fiddler.engine.StepReport;
import io.fiddler.sampling.SampledToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Counts steps, does something on the step thread after each, and notes at which step a generation
/// ended.
final class StepCounter implements EngineListener {
  private volatile int steps;
  private volatile @Nullable IntConsumer afterStep;

  /// From the next step on. Told the number of steps.
  void afterEachStep(IntConsumer action) {
    afterStep = action;
  }

  int steps() {
    return steps;
  }

  @Override
  @SuppressWarnings("NonAtomicVolatileUpdate") // only the step thread writes
  public void onStep(StepReport report) {
    steps++;
    IntConsumer action = afterStep;
    if (action != null) {
      action.accept(steps);
    }
  }

  /// How a generation ended, and after how many steps.
  record End(int steps, int tokens, @Nullable Throwable failure, GenerationReport report) {}

  /// Notes the end of one generation.
  Ending ending() {
    return new Ending();
  }

  final class Ending implements GenerationListener {
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private volatile int tokens;

    @Override
    public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {}

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the step thread writes
    public void onToken(SampledToken token) {
      tokens++;
    }

    int tokens() {
      return tokens;
    }

    @Override
    public void onFinish(GenerationReport report) {
      end.complete(new End(steps, tokens, null, report));
    }

    @Override
    public void onFailure(Throwable failure, GenerationReport report) {
      end.complete(new End(steps, tokens, failure, report));
    }

    End await() {
      return end.orTimeout(1, TimeUnit.MINUTES).join();
    }
  }
}
