package io.fiddler.placement.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.placement.drift.Threshold.Crossing;
import org.junit.jupiter.api.Test;

final class ThresholdTest {
  private final Threshold threshold = new Threshold(0.1);

  @Test
  void crossing_isToldOnce_andDownOnlyWellBelow() {
    assertThat(threshold.next(0.09)).isEqualTo(Crossing.NONE);
    assertThat(threshold.next(0.11)).isEqualTo(Crossing.UP);
    assertThat(threshold.next(0.2)).isEqualTo(Crossing.NONE);
    assertThat(threshold.next(0.09)).isEqualTo(Crossing.NONE);
    assertThat(threshold.isAbove()).isTrue();
    assertThat(threshold.next(0.07)).isEqualTo(Crossing.DOWN);
    assertThat(threshold.next(0.09)).isEqualTo(Crossing.NONE);
    assertThat(threshold.isAbove()).isFalse();
  }

  @Test
  void valueThatIsNoNumber_isPassedOver() {
    assertThat(threshold.next(Double.NaN)).isEqualTo(Crossing.NONE);
    threshold.next(0.5);
    assertThat(threshold.next(Double.NaN)).isEqualTo(Crossing.NONE);
    assertThat(threshold.isAbove()).isTrue();
  }
}
