package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOverloadedException;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Nobody waits for ever for a loop that ends or for a placement that cannot be.
class StepLoopEndTest {
  private static final int SUBMITTERS = 3;

  private static Engine engine() {
    return Engines.load(Engines.options("tiny-moe", Kind.EMULATED, 12, DispatchMode.HOST));
  }

  private static VersionedPlacement placement(long version, List<ExpertId> experts) {
    return new VersionedPlacement(
        version,
        new Placement(
            experts.stream().map(id -> new ScoredExpert(id, 1)).toList(),
            "test",
            Map.of(),
            new HitRateForecast(0, 0, 0)));
  }

  @Test
  void close_endsEveryGenerationThatWasTaken() throws Exception {
    Engine engine = engine();
    Queue<CollectingListener> taken = new ConcurrentLinkedQueue<>();
    CountDownLatch underWay = new CountDownLatch(SUBMITTERS);
    List<Thread> submitters =
        IntStream.range(0, SUBMITTERS)
            .mapToObj(
                _ -> Thread.ofPlatform().start(() -> submitUntilClosed(engine, taken, underWay)))
            .toList();
    underWay.await();
    engine.close();
    for (Thread submitter : submitters) {
      submitter.join();
    }
    assertThat(taken).isNotEmpty().allSatisfy(CollectingListener::awaitReport);
  }

  private static void submitUntilClosed(
      Engine engine, Queue<CollectingListener> taken, CountDownLatch underWay) {
    while (true) {
      CollectingListener listener = new CollectingListener();
      try {
        engine.submit(Engines.greedy(new int[] {1, 2, 3}, 500), listener);
        taken.add(listener);
      } catch (EngineOverloadedException full) {
        underWay.countDown();
      } catch (EngineNotReadyException closed) {
        return;
      }
    }
  }

  @Test
  void close_endsAPlacementOnItsWay() {
    Engine engine = engine();
    List<ExpertId> others =
        IntStream.range(0, 12).mapToObj(i -> new ExpertId(i / 2, 6 + i % 2)).toList();
    CompletableFuture<Residency> applied = engine.apply(placement(2, others));
    engine.close();
    assertThat(applied).isDone();
  }

  @Test
  void apply_fails_andTheEngineGoesOn_whenThePlacementNamesAnUnknownExpert() {
    try (Engine engine = engine()) {
      CompletableFuture<Residency> applied =
          engine.apply(placement(2, List.of(new ExpertId(6, 0))));
      assertThatThrownBy(applied::join).hasCauseInstanceOf(IndexOutOfBoundsException.class);
      assertThat(engine.placement().version()).isEqualTo(1);
      CollectingListener listener = new CollectingListener();
      engine.submit(Engines.greedy(new int[] {1, 2, 3}, 4), listener);
      assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    }
  }
}
