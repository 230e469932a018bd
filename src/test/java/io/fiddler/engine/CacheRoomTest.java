package io.fiddler.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CacheRoomTest {
  private static final int BLOCK = 16;

  @ParameterizedTest
  @CsvSource({
    "256, 40, 1, 216",
    "256, 40, 4, 40", // two shared blocks, three of each beam's own
    "256, 256, 1, 0",
    "256, 260, 1, -4",
    "0, 1, 1, -1"
  })
  void room_isWhatTheBlocksLeave(long tokens, int prompt, int width, long room) {
    assertThat(new CacheRoom(tokens).after(prompt, width)).isEqualTo(room);
  }

  @Test
  void room_isTheMostThatFits_whateverTheSizes() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 10_000; i++) {
      long tokens = BLOCK * random.nextLong(1, 200);
      int prompt = random.nextInt(1, 500);
      int width = random.nextInt(1, 9);

      long room = new CacheRoom(tokens).after(prompt, width);

      assertThat(held(prompt, room, width)).isLessThanOrEqualTo(tokens);
      assertThat(held(prompt, room + 1, width)).isGreaterThan(tokens);
    }
  }

  /// Positions of the blocks of so many sequences, counted one by one.
  private static long held(int prompt, long answer, int width) {
    long shared = width == 1 ? 0 : prompt / BLOCK;
    long blocks = shared;
    for (int sequence = 0; sequence < width; sequence++) {
      blocks += Math.ceilDiv(prompt + answer, BLOCK) - shared;
    }
    return blocks * BLOCK;
  }
}
