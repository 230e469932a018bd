package io.fiddler.ops.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TotalsWindowTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final TotalsWindow window = new TotalsWindow(Duration.ofSeconds(60));

  @Test
  void within_isWhatWasDoneInTheSpan() {
    for (int second = 0; second <= 200; second++) {
      window.add(at(second, 10L * second));
    }

    assertThat(window.within(Duration.ofSeconds(10)).promptTokens()).isEqualTo(100);
    assertThat(window.within(Duration.ofSeconds(60)).promptTokens()).isEqualTo(600);
    assertThat(window.within(Duration.ofSeconds(60)).nanos()).isEqualTo(60 * SECOND);
  }

  @Test
  void within_isAllThereIs_whenThatIsLess() {
    window.add(at(0, 0));
    assertThat(window.within(Duration.ofSeconds(60)).nanos()).isZero();

    window.add(at(3, 30));
    assertThat(window.within(Duration.ofSeconds(60)).promptTokens()).isEqualTo(30);
  }

  @Test
  void within_reachesBackOverASilence() {
    window.add(at(0, 0));
    window.add(at(500, 7));

    assertThat(window.within(Duration.ofSeconds(10)).promptTokens()).isEqualTo(7);
    assertThat(window.within(Duration.ofSeconds(10)).nanos()).isEqualTo(500 * SECOND);
  }

  @Test
  void rates_areNone_withoutAnythingToDivideBy() {
    Totals none = at(0, 0);

    assertThat(none.hitRate()).isNull();
    assertThat(none.stepMillis()).isNull();
    assertThat(none.perSecond(5)).isZero();
    assertThat(Lanes.of(none, none)).isEqualTo(new Lanes(0, 0, 0, 0));
  }

  @Test
  void lanes_areScaledFromTheRecordedStepsToAll() {
    Totals stretch = new Totals(10_000, 0, 0, 0, 0, 4, 8_000, 2_000, 0, 0, 0);
    Totals sampled = new Totals(60_000, 0, 0, 0, 0, 9, 9_000, 0, 1_000, 500, 250);

    assertThat(Lanes.of(stretch, sampled)).isEqualTo(new Lanes(0.4, 0.2, 0.2, 0.8));
  }

  @Test
  void lanes_areNeverBusierThanAllTheTime() {
    // A step that began before the stretch ends in it.
    Totals stretch = new Totals(1_000, 0, 0, 0, 0, 1, 5_000, 4_000, 5_000, 5_000, 5_000);

    assertThat(Lanes.of(stretch, stretch)).isEqualTo(new Lanes(1, 1, 1, 1));
  }

  private static Totals at(long second, long promptTokens) {
    return new Totals(second * SECOND, 0, 0, promptTokens, 0, 0, 0, 0, 0, 0, 0);
  }
}
