package io.fiddler.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 bytes",
    "1023, 1023 bytes",
    "1024, 1.0 KiB",
    "93307300000, 86.9 GiB",
    "9223372036854775807, 8.0 EiB"
  })
  void describe_usesTheLargestFittingUnit(long sizeBytes, String expected) {
    assertThat(ByteSize.describe(sizeBytes)).isEqualTo(expected);
  }
}
