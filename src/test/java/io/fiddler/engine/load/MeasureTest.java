package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.Generation;
import org.junit.jupiter.api.Test;

final class MeasureTest {
  private static final int[] PROMPT = {5, 6, 7};

  @Test
  void measurement_runsBetweenSteps_whileTheEngineIsIdle() {
    try (FiddlerEngine engine = engine()) {
      assertThatThrownBy(() -> engine.measure(_ -> 0)).isInstanceOf(EngineNotReadyException.class);
      engine.load();
      assertThat(engine.<String>measure(_ -> Thread.currentThread().getName()))
          .isEqualTo("fiddler-step");
      assertThatThrownBy(() ->
              engine.measure(_ -> {
                throw new IllegalArgumentException("from within");
              }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("from within");

      Generation generation = engine.submit(Engines.greedy(PROMPT, 900), new CollectingListener());
      assertThatThrownBy(() -> engine.measure(_ -> 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a measurement needs an idle engine, got 1 generations");
      generation.cancel();
    }
  }

  private static FiddlerEngine engine() {
    return new FiddlerEngine(
        Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO),
        Engines::evenSpread,
        new EngineListener() {});
  }
}
