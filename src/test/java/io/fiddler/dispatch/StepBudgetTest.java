package io.fiddler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.dispatch.LatencyCurve.Point;
import io.fiddler.dispatch.StepBudget.Experts;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class StepBudgetTest {
  private static final Experts MIXTRAL = new Experts(32, 8, 2, 14, 56);

  /// An H100 and AMX kernels, `src/docs/benchmarks`.
  private static final LatencyModel GPU_MACHINE =
      new LatencyModel(
          new LatencyCurve(
              List.of(
                  new Point(1, 3.6e6),
                  new Point(16, 3.6e6),
                  new Point(32, 4.5e6),
                  new Point(128, 11.6e6),
                  new Point(512, 43.5e6))),
          new LatencyCurve(List.of(new Point(1, 0.13e6), new Point(512, 0.4e6))),
          6.5e6);

  private static StepBudget budget(LatencyModel model, int maxTokens) {
    return StepBudget.of(Optional.of(model), MIXTRAL, maxTokens);
  }

  @Test
  void chunk_isAsLargeAsTheBuffers_whenEveryStepStreamsTheExpertsAgain() {
    assertThat(budget(GPU_MACHINE, 2048).alone()).isEqualTo(2048);
    assertThat(budget(GPU_MACHINE, 1000).alone()).isEqualTo(1000);
  }

  @Test
  void chunk_isShorter_whenOthersDecode() {
    StepBudget budget = budget(GPU_MACHINE, 2048);
    assertThat(budget.besideDecodes()).isBetween(64, 1024);
  }

  @Test
  void chunk_staysShort_whenArithmeticIsTheLimit() {
    LatencyModel slow =
        new LatencyModel(
            new LatencyCurve(List.of(new Point(1, 1e6), new Point(1024, 1024e6))),
            new LatencyCurve(List.of(new Point(1, 1e6), new Point(1024, 1024e6))),
            1e12);
    assertThat(budget(slow, 2048).alone()).isLessThanOrEqualTo(512);
  }

  @Test
  void chunk_isOfModerateLength_whenNothingWasMeasured() {
    assertThat(StepBudget.of(Optional.empty(), MIXTRAL, 2048)).isEqualTo(new StepBudget(256, 256));
    assertThat(StepBudget.of(Optional.empty(), MIXTRAL, 33)).isEqualTo(new StepBudget(33, 33));
  }

  @Test
  void budget_isAtLeastOneAndAtMostTheMaximum_whateverTheModel() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 500; round++) {
      double host = random.nextDouble(1, 1e9);
      double device = random.nextDouble(1, 1e9);
      LatencyModel model =
          new LatencyModel(
              new LatencyCurve(
                  List.of(new Point(1, host), new Point(64, host * random.nextDouble(1, 64)))),
              new LatencyCurve(
                  List.of(new Point(1, device), new Point(64, device * random.nextDouble(1, 64)))),
              random.nextDouble(1, 1e9));
      int numExperts = 1 + random.nextInt(128);
      int layers = 1 + random.nextInt(48);
      Experts experts =
          new Experts(
              layers,
              numExperts,
              1 + random.nextInt(Math.min(8, numExperts)),
              1 + random.nextInt(16),
              random.nextInt(layers * numExperts + 1));
      int maxTokens = 1 + random.nextInt(4096);
      StepBudget budget = StepBudget.of(Optional.of(model), experts, maxTokens);
      assertThat(budget.alone()).as("round %d", round).isBetween(1, maxTokens);
      assertThat(budget.besideDecodes()).as("round %d", round).isBetween(1, budget.alone());
    }
  }

  @Test
  void budget_isRefused_whenNothingCouldBeRead() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StepBudget(1, 0))
        .withMessage(
            "a step needs at least one token, and no fewer alone than beside decodes, got 1 and 0");
  }
}
