package io.fiddler.store.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.store.batch.Batch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class BatchCodecTest {
  @Test
  void decode_givesWhatWasEncoded() {
    for (long seed = 0; seed < 200; seed++) {
      Batch batch = new Batches(seed).next(seed + 1);
      // Arrays are compared by their elements.
      assertThat(BatchCodec.decode(BatchCodec.encode(batch), SpoolHeader.CURRENT))
          .as("seed %d", seed)
          .usingRecursiveComparison()
          .isEqualTo(batch);
    }
  }

  @Test
  void decode_throws_whenBytesAreMissingOrTooMany() {
    byte[] bytes = BatchCodec.encode(new Batches(7).next(1));
    for (int length = 0; length < bytes.length; length++) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> BatchCodec.decode(part, SpoolHeader.CURRENT))
          .as("%d of %d bytes", length, bytes.length)
          .isInstanceOf(RuntimeException.class);
    }
    assertThatThrownBy(
            () -> BatchCodec.decode(Arrays.copyOf(bytes, bytes.length + 1), SpoolHeader.CURRENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 bytes too many");
  }
}
