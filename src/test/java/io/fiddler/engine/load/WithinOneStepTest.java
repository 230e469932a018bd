package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineTimeoutException;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.Generation;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.engine.load.StepCounter.End;
import io.fiddler.engine.load.StepCounter.Ending;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A generation that is cancelled, or whose time is over, takes part in no further step: while it
/// waits, in the middle of its prompt, and while it decodes.
class WithinOneStepTest {
  private static final int[] LONG_PROMPT = new int[400];
  private static final Duration TIME = Duration.ofSeconds(1);

  private final StepCounter counter = new StepCounter();

  /// Prompts are read 16 tokens a step, one sequence at a time.
  private Engine engine() {
    return Engines.load(
        Engines.options(Kind.NONE, -1, new Limits(8, 1, 16, 0), DispatchMode.AUTO), counter);
  }

  private static GenerationRequest request(int[] prompt, int tokens, @Nullable Duration timeout) {
    GenerationRequest plain = Engines.greedy(prompt, tokens);
    return new GenerationRequest(
        new Origin("default", "default", 0, timeout, "default"),
        plain.promptTokens(),
        plain.maxTokens(),
        plain.decoding(),
        plain.stopTokenIds(),
        plain.ignoreEos(),
        plain.topLogprobs(),
        plain.promptLogprobs());
  }

  /// Cancels on the step thread after the step in which `when` first holds.
  private End cancelled(Engine engine, Ending ending, GenerationRequest request, When when) {
    CompletableFuture<Generation> generation = new CompletableFuture<>();
    CompletableFuture<Integer> at = new CompletableFuture<>();
    counter.afterEachStep(steps -> {
      if (!at.isDone() && when.holds(ending)) {
        at.complete(steps);
        generation.join().cancel();
      }
    });
    generation.complete(engine.submit(request, ending));
    End end = ending.await();
    assertThat(end.steps()).isEqualTo(at.join());
    assertThat(end.report().reason()).isEqualTo(FinishReason.CANCELLED);
    return end;
  }

  private interface When {
    boolean holds(Ending ending);
  }

  @Test
  void cancel_endsItBeforeTheNextStep_whileItWaits() {
    try (Engine engine = engine()) {
      Generation running = engine.submit(Engines.greedy(new int[] {1}, 900), counter.ending());
      End end =
          cancelled(
              engine, counter.ending(), request(LONG_PROMPT, 5, null), _ -> counter.steps() > 4);
      assertThat(end.report().prefill().total()).isZero();
      running.cancel();
    }
  }

  @Test
  void cancel_endsItBeforeTheNextStep_inTheMiddleOfItsPrompt() {
    try (Engine engine = engine()) {
      End end =
          cancelled(
              engine, counter.ending(), request(LONG_PROMPT, 5, null), _ -> counter.steps() == 2);
      assertThat(end.report().prefill().total()).isEqualTo(2 * 16 * 12);
      assertThat(end.tokens()).isZero();
    }
  }

  @Test
  void cancel_endsItBeforeTheNextStep_whileItDecodes() {
    try (Engine engine = engine()) {
      End end =
          cancelled(
              engine,
              counter.ending(),
              request(new int[] {1, 2}, 500, null),
              ending -> ending.tokens() == 3);
      assertThat(end.tokens()).isEqualTo(3);
    }
  }

  /// Lets the time pass on the step thread after the step in which `when` first holds.
  private End late(Engine engine, Ending ending, GenerationRequest request, When when) {
    CompletableFuture<Integer> at = new CompletableFuture<>();
    long over = System.nanoTime() + 2 * TIME.toNanos();
    counter.afterEachStep(steps -> {
      if (!at.isDone() && when.holds(ending)) {
        while (System.nanoTime() - over < 0) {
          Thread.onSpinWait();
        }
        at.complete(steps);
      }
    });
    engine.submit(request, ending);
    End end = ending.await();
    assertThat(end.steps()).isEqualTo(at.join());
    assertThat(end.report().reason()).isEqualTo(FinishReason.TIMEOUT);
    assertThat(end.failure()).isInstanceOf(EngineTimeoutException.class);
    return end;
  }

  @Test
  void deadline_endsItBeforeTheNextStep_whileItWaits() {
    try (Engine engine = engine()) {
      Generation running = engine.submit(Engines.greedy(new int[] {1}, 900), counter.ending());
      End end =
          late(engine, counter.ending(), request(LONG_PROMPT, 5, TIME), _ -> counter.steps() > 4);
      assertThat(end.failure()).hasMessageContaining("before its first step");
      running.cancel();
    }
  }

  @Test
  void deadline_endsItBeforeTheNextStep_inTheMiddleOfItsPrompt() {
    try (Engine engine = engine()) {
      End end =
          late(engine, counter.ending(), request(LONG_PROMPT, 5, TIME), _ -> counter.steps() == 2);
      assertThat(end.failure()).hasMessageContaining("while its prompt was read");
      assertThat(end.report().prefill().total()).isEqualTo(2 * 16 * 12);
    }
  }

  @Test
  void deadline_endsItBeforeTheNextStep_whileItDecodes() {
    try (Engine engine = engine()) {
      End end =
          late(
              engine,
              counter.ending(),
              request(new int[] {1, 2}, 500, TIME),
              ending -> ending.tokens() == 3);
      assertThat(end.failure()).hasMessageContaining("after 3 of 500 tokens");
      assertThat(end.tokens()).isEqualTo(3);
    }
  }
}
