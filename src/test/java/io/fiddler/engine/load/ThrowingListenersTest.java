package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.PrefillReport;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TimelineReport;
import io.fiddler.engine.TraceReport;
import io.fiddler.sampling.SampledToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whatever a listener throws, others are told and steps go on.
class ThrowingListenersTest {
  private static final int[] PROMPT = {1, 2, 3};

  enum Call {
    PREFILL,
    TOKEN,
    FINISH,
    FAILURE
  }

  private static Error outOfMemory() {
    return new OutOfMemoryError("as the test asks");
  }

  /// Throws in one call.
  private static final class Throwing implements GenerationListener {
    final CompletableFuture<Call> ended = new CompletableFuture<>();
    private final Call call;

    Throwing(Call call) {
      this.call = call;
    }

    private void at(Call now) {
      if (call == now || (call == Call.FAILURE && now == Call.TOKEN)) {
        throw outOfMemory();
      }
    }

    @Override
    public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {
      at(Call.PREFILL);
    }

    @Override
    public void onToken(SampledToken token) {
      at(Call.TOKEN);
    }

    @Override
    public void onFinish(GenerationReport report) {
      ended.complete(Call.FINISH);
      at(Call.FINISH);
    }

    @Override
    public void onFailure(Throwable failure, GenerationReport report) {
      ended.complete(Call.FAILURE);
      at(Call.FAILURE);
    }
  }

  private static Engine engine(EngineListener listener) {
    return Engines.load(Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO), listener);
  }

  private static int[] tokens(Engine engine) {
    CollectingListener listener = new CollectingListener();
    engine.submit(Engines.greedy(PROMPT, 12), listener);
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    return listener.tokenIds();
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void generation_endsAlone_whenItsListenerThrows(Call call) {
    try (Engine engine = engine(new EngineListener() {})) {
      int[] expected = tokens(engine);
      Throwing throwing = new Throwing(call);
      CollectingListener beside = new CollectingListener();
      engine.submit(Engines.greedy(PROMPT, 12), throwing);
      engine.submit(Engines.greedy(PROMPT, 12), beside);
      assertThat(throwing.ended.orTimeout(1, TimeUnit.MINUTES).join())
          .isEqualTo(call == Call.FINISH ? Call.FINISH : Call.FAILURE);
      assertThat(beside.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(beside.tokenIds()).isEqualTo(expected);
      assertThat(tokens(engine)).isEqualTo(expected);
    }
  }

  @Test
  void steps_goOn_whenTheEnginesListenerThrows() throws Exception {
    CountDownLatch idle = new CountDownLatch(2);
    EngineListener throwing =
        new EngineListener() {
          @Override
          public void onStep(StepReport report) {
            throw new IllegalStateException("as the test asks");
          }

          @Override
          public void onTimeline(TimelineReport report) {
            throw outOfMemory();
          }

          @Override
          public void onGeneration(GenerationReport report) {
            throw outOfMemory();
          }

          @Override
          public void onTrace(TraceReport report) {
            throw outOfMemory();
          }

          @Override
          public void onIdle() {
            idle.countDown();
            throw outOfMemory();
          }
        };
    int[] expected;
    try (Engine engine = engine(new EngineListener() {})) {
      expected = tokens(engine);
    }
    try (Engine engine = engine(throwing)) {
      assertThat(tokens(engine)).isEqualTo(expected);
      assertThat(tokens(engine)).isEqualTo(expected);
      assertThat(idle.await(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  /// The one that fails last is told too.
  @Test
  void close_tellsEverybody_whenListenersThrow() {
    Throwing first = new Throwing(Call.FAILURE);
    CollectingListener second = new CollectingListener();
    CollectingListener third = new CollectingListener();
    Engine engine = engine(new EngineListener() {});
    engine.submit(Engines.greedy(PROMPT, 900), second);
    engine.submit(Engines.greedy(PROMPT, 900), first);
    engine.submit(Engines.greedy(PROMPT, 900), third);
    engine.close();
    assertThat(first.ended).isCompletedWithValue(Call.FAILURE);
    assertThat(second.awaitFailure()).isNotNull();
    assertThat(third.awaitFailure()).isNotNull();
  }
}
