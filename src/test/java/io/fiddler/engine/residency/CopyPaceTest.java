package io.fiddler.engine.residency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CopyPaceTest {
  private static final double BYTES_PER_NANO = 50;

  private final CopyPace pace = new CopyPace(() -> BYTES_PER_NANO);

  private static long share(double nanos) {
    return (long) (0.02 * nanos * BYTES_PER_NANO);
  }

  @Test
  void beside_isAFiftiethOfAStepOfAsManyRows() {
    pace.stepped(4, 100_000_000);
    pace.stepped(1, 20_000_000);
    assertThat(pace.beside(4)).isBetween(share(99_000_000), share(100_000_000));
    assertThat(pace.beside(1)).isBetween(share(19_000_000), share(20_000_000));
  }

  @Test
  void beside_isThatOfASmallerStep_whenNoneAsLargeWasSeen() {
    pace.stepped(1, 20_000_000);
    assertThat(pace.beside(500)).isEqualTo(pace.beside(1));
  }

  @Test
  void beside_isTheLeast_whenOnlyLargerStepsWereSeen() {
    pace.stepped(500, 900_000_000);
    assertThat(pace.beside(1)).isEqualTo(CopyPace.LEAST_BYTES);
  }

  @Test
  void beside_reckonsWithHalfTheTime_whereRowsAreOnlyAboutAsMany() {
    pace.stepped(1000, 400_000_000);
    assertThat(pace.beside(600)).isBetween(share(199_000_000), share(200_000_000));
    assertThat(pace.beside(1024)).isBetween(share(399_000_000), share(400_000_000));
  }

  @Test
  void beside_followsTheTimesOfSteps() {
    pace.stepped(1, 100_000_000);
    for (int i = 0; i < 40; i++) {
      pace.stepped(1, 10_000_000);
    }
    assertThat(pace.beside(1)).isBetween(share(9_500_000), share(10_500_000));
  }

  @Test
  void idle_isAMillisecondOfCopies_andFiniteHoweverFastTheyAre() {
    assertThat(pace.idle()).isBetween(49_000_000L, 50_000_000L);
    assertThat(new CopyPace(() -> Double.POSITIVE_INFINITY).idle()).isPositive();
  }
}
