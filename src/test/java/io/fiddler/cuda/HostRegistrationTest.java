package io.fiddler.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostRegistrationTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 4_096, 100_000, 1_000_003, 25_165_824, 352_321_536, 1L << 31})
  void pieces_endWithChunksAndPages(long chunkBytes) {
    long pieceBytes = HostRegistration.pieceBytes(chunkBytes);
    assertThat(pieceBytes % chunkBytes).isZero();
    assertThat(pieceBytes % 4096).isZero();
    assertThat(pieceBytes).isBetween(1L << 30, 4L << 30);
  }

  @ParameterizedTest
  @ValueSource(longs = {1_073_741_825, 5_000_000_001L})
  void pieces_endWithChunks_whenTheseAreTooLargeAndOddForPages(long chunkBytes) {
    long pieceBytes = HostRegistration.pieceBytes(chunkBytes);
    assertThat(pieceBytes % chunkBytes).isZero();
    assertThat(pieceBytes).isLessThanOrEqualTo(Math.max(4L << 30, chunkBytes));
  }
}
