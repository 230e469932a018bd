package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.PrefillReport;
import io.fiddler.engine.StepReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GenerationCostsTest {
  private static final class Totals implements EngineListener {
    final AtomicLong hostNanos = new AtomicLong();
    final AtomicLong streamedBytes = new AtomicLong();

    @Override
    public void onStep(StepReport report) {
      hostNanos.addAndGet(report.hostNanos());
      streamedBytes.addAndGet(report.streamedBytes());
    }
  }

  private static int[] prompt(long seed, int length) {
    return new SplittableRandom(seed).ints(length, 5, 3_000).toArray();
  }

  @ParameterizedTest
  @EnumSource(DispatchMode.class)
  void costs_addUpToTheSteps(DispatchMode dispatch) {
    Totals totals = new Totals();
    List<CollectingListener> listeners = new ArrayList<>();
    long hostNanos = 0;
    long streamedBytes = 0;
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.EMULATED, 12, dispatch), totals)) {
      for (int i = 0; i < 9; i++) {
        listeners.add(new CollectingListener());
        engine.submit(Engines.greedy(prompt(i, 10 + 13 * i), 10), listeners.getLast());
      }
      for (CollectingListener listener : listeners) {
        GenerationCosts costs = listener.awaitReport().costs();
        PrefillReport prefill = Objects.requireNonNull(listener.prefill());
        assertThat(prefill.costs().hostNanos()).isBetween(0L, costs.hostNanos());
        assertThat(prefill.costs().streamedBytes()).isBetween(0L, costs.streamedBytes());
        hostNanos += costs.hostNanos();
        streamedBytes += costs.streamedBytes();
      }
    }
    assertThat(hostNanos).isEqualTo(totals.hostNanos.get());
    assertThat(streamedBytes).isEqualTo(totals.streamedBytes.get());
    if (dispatch == DispatchMode.HOST || dispatch == DispatchMode.SPLIT) {
      assertThat(hostNanos).isPositive();
    }
    if (dispatch == DispatchMode.STREAM || dispatch == DispatchMode.SPLIT) {
      assertThat(streamedBytes).isPositive();
    }
  }

  @Test
  void cachedPromptTokens_areWholeBlocks_andNeverThePromptsLastToken() {
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO))) {
      int[] prompt = prompt(7, 64);
      CollectingListener first = new CollectingListener();
      engine.submit(Engines.greedy(prompt, 20), first);
      assertThat(first.awaitReport().costs().cachedPromptTokens()).isZero();
      CollectingListener second = new CollectingListener();
      engine.submit(Engines.greedy(prompt, 20), second);
      assertThat(second.awaitReport().costs().cachedPromptTokens()).isEqualTo(48);
      assertThat(Objects.requireNonNull(second.prefill()).costs().cachedPromptTokens())
          .isEqualTo(48);
      assertThat(second.tokenIds()).isEqualTo(first.tokenIds());
      assertThat(second.awaitReport().costs().hostNanos())
          .isGreaterThan(Objects.requireNonNull(second.prefill()).costs().hostNanos());
    }
  }

  @Test
  void promptOfSeveralAtOnce_isComputedOnce() {
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO))) {
      int[] prompt = prompt(8, 321);
      List<CollectingListener> choices =
          IntStream.range(0, 8).mapToObj(_ -> new CollectingListener()).toList();
      choices.forEach(choice -> engine.submit(Engines.greedy(prompt, 4), choice));

      assertThat(choices.stream().mapToInt(each -> each.awaitReport().costs().cachedPromptTokens()))
          .containsExactlyInAnyOrder(0, 320, 320, 320, 320, 320, 320, 320);
      assertThat(choices)
          .extracting(CollectingListener::tokenIds)
          .containsOnly(choices.getFirst().tokenIds());
    }
  }
}
