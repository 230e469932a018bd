package io.fiddler.learning.correction;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ExpertId;
import io.fiddler.learning.Instruction;
import io.fiddler.learning.correction.CorrectionOptions.Mode;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.correction.ExchangeRules;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Correction over a real engine: what it moves, what it records, and who wins.
final class LiveCorrectionTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Rig rig = new Rig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void experts_moveUnderTheSameVersion_andTheEndOfTheWindowRecordsOne() {
    LiveCorrection correction = rig.stepped(Mode.AUTOMATIC, Rig.RULES);
    rig.look(correction, SECOND);
    traffic(1);
    rig.look(correction, SECOND);
    rig.lookUntil(correction, () -> correction.status().exchanges() > 0);

    assertThat(rig.engine.placement().version()).isEqualTo(1);
    assertThat(rig.store.versions()).hasSize(1);
    assertThat(wanted()).containsExactlyInAnyOrderElementsOf(rig.engine.residency().experts());
    CorrectionStatus moved = correction.status();
    assertThat(moved.epoch()).isPositive();
    assertThat(moved.copiedBytes())
        .isEqualTo(moved.exchanges() * rig.engine.model().expertSizeBytes());

    rig.look(correction, Rig.WINDOW);
    rig.lookUntil(correction, () -> rig.engine.placement().version() == 2);
    rig.look(correction, SECOND);

    PlacementVersion recorded = rig.store.versions().getLast();
    assertThat(recorded.author()).isEqualTo(Author.AUTOMATIC);
    assertThat(recorded.reason()).startsWith("live correction: loaded ").contains("hit rate");
    assertThat(recorded.placement().policy()).isEqualTo("correction");
    assertThat(recorded.placement().forecast().overall()).isGreaterThan(0.25);
    assertThat(recorded.placement().forecast().uncertainty()).isLessThan(0.2);
    assertThat(rig.current.get().map(PlacementVersion::id)).contains(2L);
    assertThat(correction.status().epoch()).isZero();
    assertThat(correction.status().failures()).isZero();

    // Nothing was moved since, so there is nothing to record.
    rig.look(correction, Rig.WINDOW);
    rig.look(correction, Rig.WINDOW);
    assertThat(rig.store.versions()).hasSize(2);
  }

  @Test
  void versionIsRecordedLater_whenTheDatabaseIsDownAtTheEndOfTheWindow() {
    LiveCorrection correction = rig.stepped(Mode.AUTOMATIC, Rig.RULES);
    rig.look(correction, SECOND);
    rig.store.down = true;
    traffic(2);
    rig.lookUntil(correction, () -> correction.status().exchanges() > 0);
    rig.look(correction, Rig.WINDOW);
    rig.look(correction, SECOND);
    assertThat(rig.engine.placement().version()).isEqualTo(1);
    assertThat(correction.status().failures()).isZero();

    rig.store.down = false;
    rig.look(correction, Duration.ofSeconds(31));
    rig.lookUntil(correction, () -> rig.engine.placement().version() == 2);
    assertThat(rig.store.versions()).hasSize(2);
  }

  @Test
  void whatWasMoved_isRecorded_whenItEndsBeforeTheWindowIsOver() {
    LiveCorrection correction = rig.stepped(Mode.AUTOMATIC, Rig.RULES);
    rig.look(correction, SECOND);
    traffic(1);
    rig.lookUntil(correction, () -> correction.status().exchanges() > 0);

    rig.finish(correction);

    assertThat(rig.store.versions()).hasSize(2);
    assertThat(rig.store.versions().getLast().author()).isEqualTo(Author.AUTOMATIC);
    assertThat(rig.store.versions().getLast().reason()).startsWith("live correction: loaded ");
  }

  @Test
  void nothingIsRecorded_whenItEndsWithoutAMove() {
    LiveCorrection correction = rig.running(Mode.AUTOMATIC, Rig.RULES);

    correction.close();

    assertThat(rig.store.versions()).hasSize(1);
    assertThat(correction.status().failures()).isZero();
  }

  @Test
  void nothingMoves_whenItIsToSuggestOnly() {
    LiveCorrection correction = rig.stepped(Mode.SUGGEST, Rig.RULES);
    List<ExpertId> before = rig.engine.residency().experts();
    rig.look(correction, SECOND);
    traffic(3);
    rig.look(correction, SECOND);

    assertThat(correction.status().suggestions()).isNotEmpty();
    assertThat(correction.status().exchanges()).isZero();
    assertThat(rig.engine.residency().experts()).isEqualTo(before);
  }

  @Test
  void nothingMoves_whileThePlacementIsPinned() {
    rig.replanning.pin(Optional.empty(), false, new Instruction("ann", "a demonstration"));
    LiveCorrection correction = rig.stepped(Mode.AUTOMATIC, Rig.RULES);
    List<ExpertId> before = rig.engine.residency().experts();
    rig.look(correction, SECOND);
    traffic(4);
    rig.look(correction, SECOND);
    rig.look(correction, Rig.WINDOW);

    assertThat(correction.status().holding()).isTrue();
    assertThat(correction.status().suggestions()).isNotEmpty();
    assertThat(rig.engine.residency().experts()).isEqualTo(before);

    rig.replanning.unpin(false, Instruction.NONE);
    rig.lookUntil(correction, () -> correction.status().exchanges() > 0);
  }

  @Test
  void nothingMoves_untilItIsKnownWhetherThePlacementIsPinned() {
    LiveCorrection correction = rig.stepped(Mode.AUTOMATIC, Rig.RULES);
    rig.store.down = true;
    rig.look(correction, SECOND);
    traffic(5);
    rig.look(correction, SECOND);
    assertThat(correction.status().holding()).isTrue();

    rig.store.down = false;
    rig.look(correction, Duration.ofSeconds(31));
    rig.lookUntil(correction, () -> correction.status().exchanges() > 0);
  }

  @Test
  void operatorsChange_wins_whileCorrectionCopies() {
    ExchangeRules slow = new ExchangeRules(0.1, 2, Duration.ofHours(1), Duration.ofSeconds(10), 1);
    LiveCorrection correction = rig.stepped(Mode.AUTOMATIC, slow);
    rig.look(correction, SECOND);
    traffic(6);
    List<ExpertId> even = rig.engine.residency().experts();
    rig.look(correction, SECOND); // begins a copy that will not end today

    rig.operatorApplies();

    assertThat(rig.engine.placement().version()).isEqualTo(2);
    rig.look(correction, SECOND);
    assertThat(rig.engine.residency().experts()).isEqualTo(even);
    assertThat(rig.current.get().map(PlacementVersion::by)).contains("ann");
    assertThat(correction.status().failures()).isZero();
    assertThat(correction.status().exchanges()).isZero();
  }

  @Test
  void tokens_areTheSame_whateverIsMovedMeanwhile() {
    List<int[]> prompts = prompts(7, 16);
    List<List<Integer>> expected = generate(prompts);
    List<List<Integer>> corrected = new ArrayList<>();
    try (LiveCorrection correction = rig.running(Mode.AUTOMATIC, Rig.RESTLESS)) {
      for (int round = 0; round < 50 && correction.status().exchanges() < 5; round++) {
        corrected = generate(prompts);
        assertThat(corrected).as("round %d", round).isEqualTo(expected);
        if (round % 5 == 4) {
          rig.operatorApplies();
        }
      }
      assertThat(correction.status().failures()).isZero();
      assertThat(correction.status().exchanges()).isPositive();
    }
  }

  @Test
  void closedEngine_isNoFailure() {
    LiveCorrection correction = rig.stepped(Mode.AUTOMATIC, Rig.RULES);
    rig.look(correction, SECOND);
    traffic(8);
    rig.look(correction, SECOND);
    try (LiveCorrection running = rig.running(Mode.AUTOMATIC, Rig.RULES)) {
      rig.engine.close();
      rig.look(correction, SECOND);
      assertThat(running.status().failures()).isZero();
    }
    assertThat(correction.status().failures()).isZero();
  }

  private List<ExpertId> wanted() {
    return rig.engine.placement().placement().experts().stream().map(ScoredExpert::id).toList();
  }

  private void traffic(long seed) {
    generate(prompts(seed, 6));
  }

  private List<List<Integer>> generate(List<int[]> prompts) {
    List<CompletableFuture<List<Integer>>> running =
        prompts.stream().map(prompt -> rig.generate(prompt, 24)).toList();
    return running.stream().map(CompletableFuture::join).toList();
  }

  private static List<int[]> prompts(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    return IntStream.range(0, count).mapToObj(_ -> random.ints(40, 5, 3000).toArray()).toList();
  }
}
