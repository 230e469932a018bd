package io.fiddler.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class LimitTest {
  @Test
  void seconds_addTheRatesOfBothLanes_andTheDevicesTime() {
    // 50 experts of Mixtral-8x7B, the measured bandwidths, 6 ms on the device.
    Limit limit = Limit.of(50 * 352_321_536.0, 104e9, 54e9, 0.006);
    assertThat(limit.seconds()).isCloseTo(0.1175, within(0.0001));
    assertThat(limit.ratio(0.1175)).isCloseTo(1, within(0.001));
    assertThat(limit.ratio(0.235)).isCloseTo(0.5, within(0.001));
  }

  @Test
  void seconds_areTheDevicesAlone_whenNothingIsMissed() {
    assertThat(Limit.of(0, 0, 0, 0.25).seconds()).isEqualTo(0.25);
  }

  @Test
  void seconds_areThoseOfTheCpu_whenNothingIsCopied() {
    assertThat(Limit.of(2e9, 1e9, 0, 0.5).seconds()).isEqualTo(2.5);
  }

  @Test
  void limit_isRefused_whenNoLaneMovesAnything() {
    assertThatThrownBy(() -> Limit.of(1000, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1000 bytes need a rate above 0, got 0.0");
  }
}
