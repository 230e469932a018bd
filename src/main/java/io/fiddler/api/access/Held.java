package io.fiddler.api.access;

import io.fiddler.usage.access.limit.Admission.Stake;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// Something taken of a limit, given back once, whichever comes first: its client may leave while
/// it is still being taken. Any thread.
final class Held {
  private final ObjLongConsumer<Stake> giveBack;
  private @Nullable Stake stake;
  private boolean ended;
  private long used;

  /// @param giveBack hears how much was used
  Held(ObjLongConsumer<Stake> giveBack) {
    this.giveBack = giveBack;
  }

  /// It was taken.
  synchronized void taken(Stake taken) {
    if (ended) {
      giveBack.accept(taken, used);
    } else {
      stake = taken;
    }
  }

  /// It is needed no longer; only the first call counts.
  ///
  /// @param units used of it
  synchronized void ended(long units) {
    if (ended) {
      return;
    }
    ended = true;
    used = units;
    if (stake != null) {
      giveBack.accept(stake, units);
    }
  }
}
