package io.fiddler.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT0.3S, 300ms",
    "PT1.25S, 1.25s",
    "PT30S, 30s",
    "PT90S, 1m30s",
    "P7D, 168h",
    "PT-5S, -5s",
    "PT-0.3S, -300ms",
    "PT2.0000001S, 2s"
  })
  void text_isAsPeopleWriteDurations(Duration duration, String text) {
    assertThat(Durations.text(duration)).isEqualTo(text);
  }
}
