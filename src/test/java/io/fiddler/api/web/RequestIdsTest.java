package io.fiddler.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestIdsTest {
  @Test
  void ids_ascendWithTime_andAreDistinctWithinAMillisecond() {
    long now = 1_795_384_868_000L;
    UUID earlier = RequestIds.next(now);
    UUID later = RequestIds.next(now + 1);

    assertThat(earlier.toString()).isLessThan(later.toString());
    assertThat(earlier).isNotEqualTo(RequestIds.next(now));
    assertThat(earlier.version()).isEqualTo(7);
    assertThat(earlier.variant()).isEqualTo(2);
    assertThat(earlier.getMostSignificantBits() >>> 16).isEqualTo(now);
  }
}
