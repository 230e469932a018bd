package io.fiddler.engine.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LaneUsageTest {
  @ParameterizedTest
  @ValueSource(longs = {0, -500, Long.MAX_VALUE - 120}) // nanoTime may pass from one to the other
  void busyAndOverlap_areSummedUp(long origin) {
    LaneUsage usage =
        LaneUsage.of(
            List.of(
                interval(TimelineLane.STEP, origin, origin + 1000),
                interval(TimelineLane.HOST, origin + 100, origin + 200),
                interval(TimelineLane.COPY, origin + 150, origin + 250),
                interval(TimelineLane.COPY, origin + 200, origin + 260), // overlaps its own lane
                interval(TimelineLane.COMPUTE, origin + 400, origin + 440)));

    assertThat(usage.busyNanos(TimelineLane.HOST)).isEqualTo(100);
    assertThat(usage.busyNanos(TimelineLane.COPY)).isEqualTo(110);
    assertThat(usage.busyNanos(TimelineLane.COMPUTE)).isEqualTo(40);
    assertThat(usage.busyNanos(TimelineLane.STEP)).isZero();
    assertThat(usage.anyNanos()).isEqualTo(200);
    assertThat(usage.overlapNanos()).isEqualTo(50);
    assertThat(usage.overlapShare()).isEqualTo(0.25, within(1e-12));
  }

  @Test
  void nothing_isBusy_whenThereAreNoIntervals() {
    LaneUsage usage = LaneUsage.of(List.of());
    assertThat(usage.anyNanos()).isZero();
    assertThat(usage.overlapShare()).isZero();
  }

  private static LaneInterval interval(TimelineLane lane, long start, long end) {
    return new LaneInterval(lane, LaneWork.of("work", 0, 1), start, end);
  }
}
