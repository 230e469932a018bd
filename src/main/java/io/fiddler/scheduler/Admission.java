package io.fiddler.scheduler;

import io.fiddler.kvcache.PrefixIndex;

/// Lets groups in, in the order of the {@link WaitingLine}, as long as the blocks of what they have
/// to read can be had. Nobody overtakes who does not fit yet: that could starve who needs much.
/// Used from one thread.
final class Admission {
  private final WaitingLine waiting;
  private final RunningGroups running;
  private final Room room;
  private final PrefixIndex prefixes;
  private final int maxRunning;
  private long cachedTokens;

  Admission(
      WaitingLine waiting, RunningGroups running, Room room, PrefixIndex prefixes, int maxRunning) {
    this.waiting = waiting;
    this.running = running;
    this.room = room;
    this.prefixes = prefixes;
    this.maxRunning = maxRunning;
  }

  /// Tokens of prompts that groups found in the cache when they were admitted, so far.
  long cachedTokens() {
    return cachedTokens;
  }

  void admit(long nowNanos) {
    SequenceGroup next = waiting.next(nowNanos);
    while (next != null && admit(next)) {
      next = waiting.next(nowNanos);
    }
  }

  private boolean admit(SequenceGroup group) {
    int others = running.width();
    if (others + group.width() > maxRunning) {
      return false;
    }
    int[] cached = group.takeCached(prefixes, room.pool().blockTokens());
    // Beside others, room stays for a further block of each, or somebody would be set back soon.
    if (!room.has(group.blocksToAdmit(room.pool()) - cached.length + others)) {
      prefixes.giveBack(cached);
      return false;
    }
    waiting.takeOut(group);
    cachedTokens += group.admit(room.pool(), cached);
    running.add(group);
    return true;
  }
}
