package io.fiddler.scheduler;

import java.util.HashMap;
import java.util.Map;

/// How long keys had waited whose last waiting request went without having had a turn: because its
/// time was over, or it was cancelled. A key that comes back goes on from there, less the time it
/// was away, so that time-outs and short pauses do not send it to the end of the line again and
/// again. Used from one thread.
final class KeptWaits {
  /// So many are kept before those are looked for that are over.
  private static final int REMEMBERED = 64;

  private final Map<String, Kept> kept = new HashMap<>();
  private int tidyAt = REMEMBERED;

  private record Kept(long waitedNanos, long leftNanos) {
    long rest(long nowNanos) {
      return Math.max(0, waitedNanos - Math.max(0, nowNanos - leftNanos));
    }
  }

  /// A key leaves without a turn.
  void keep(String key, long waitedNanos, long nowNanos) {
    if (waitedNanos > 0) {
      kept.put(key, new Kept(waitedNanos, nowNanos));
    }
    if (kept.size() >= tidyAt) {
      kept.values().removeIf(wait -> wait.rest(nowNanos) == 0);
      tidyAt = 2 * kept.size() + REMEMBERED;
    }
  }

  /// A key begins to wait.
  ///
  /// @return how long it counts as having waited already
  long take(String key, long nowNanos) {
    Kept wait = kept.remove(key);
    return wait == null ? 0 : wait.rest(nowNanos);
  }
}
