package io.fiddler.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptWaitsTest {
  private final KeptWaits waits = new KeptWaits();

  @Test
  void take_isWhatWasWaited_whenTheKeyComesBackAtOnce() {
    waits.keep("a", 50, 100);
    assertThat(waits.take("a", 100)).isEqualTo(50);
    assertThat(waits.take("a", 100)).as("taken once").isZero();
  }

  @Test
  void take_isLess_theLongerTheKeyWasAway() {
    waits.keep("a", 50, 100);
    assertThat(waits.take("a", 130)).isEqualTo(20);
    waits.keep("a", 50, 100);
    assertThat(waits.take("a", 1_000)).isZero();
  }

  @Test
  void take_isNothing_forAKeyThatNeverLeft() {
    waits.keep("a", 50, 100);
    assertThat(waits.take("b", 100)).isZero();
  }

  @Test
  void keys_areKept_howeverManyOthersLeave() {
    waits.keep("patient", 1_000_000, 0);
    for (int i = 0; i < 1_000; i++) {
      waits.keep("key-" + i, 1, i);
    }
    assertThat(waits.take("patient", 1_000)).isEqualTo(999_000);
  }
}
