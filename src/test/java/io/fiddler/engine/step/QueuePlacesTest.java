package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.engine.EngineOverloadedException;
import org.junit.jupiter.api.Test;

class QueuePlacesTest {
  @Test
  void take_refusesAKeyThatHasItsShare_butNotAnother() {
    QueuePlaces places = new QueuePlaces(3, 2);
    places.take("greedy");
    places.take("greedy");
    assertThatThrownBy(() -> places.take("greedy"))
        .isInstanceOf(EngineOverloadedException.class)
        .hasMessage("2 requests of this key are waiting already; try again later");
    places.take("other");
    assertThatThrownBy(() -> places.take("third"))
        .isInstanceOf(EngineOverloadedException.class)
        .hasMessage("3 requests are waiting already; try again later");
  }

  @Test
  void giveBack_makesRoom_forTheKeyAndForAll() {
    QueuePlaces places = new QueuePlaces(2, 1);
    places.take("a");
    places.take("b");
    places.giveBack("a");
    assertThatCode(() -> places.take("a")).doesNotThrowAnyException();
    assertThatThrownBy(() -> places.take("a")).isInstanceOf(EngineOverloadedException.class);
  }
}
