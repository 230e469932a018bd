package io.fiddler.engine.step;

import io.fiddler.engine.EngineOverloadedException;
import java.util.HashMap;
import java.util.Map;

/// The places of the queue: so many in all, and so many for one key. Thread-safe.
final class QueuePlaces {
  private final int most;
  private final int mostPerKey;
  private final Map<String, Integer> taken = new HashMap<>();
  private int total;

  QueuePlaces(int most, int mostPerKey) {
    this.most = most;
    this.mostPerKey = mostPerKey;
  }

  /// Takes a place.
  ///
  /// @throws EngineOverloadedException if there is none
  synchronized void take(String key) {
    if (total >= most) {
      throw new EngineOverloadedException(
          "%d requests are waiting already; try again later".formatted(most));
    }
    int ofKey = taken.getOrDefault(key, 0);
    if (ofKey >= mostPerKey) {
      throw new EngineOverloadedException(
          "%d requests of this key are waiting already; try again later".formatted(mostPerKey));
    }
    taken.put(key, ofKey + 1);
    total++;
  }

  /// Gives a place back.
  synchronized void giveBack(String key) {
    total--;
    taken.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }
}
