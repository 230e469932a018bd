package io.fiddler.scheduler;

import io.fiddler.kvcache.PrefixIndex;
import java.util.ArrayList;
import java.util.List;

/// Lets prompts that begin alike and came together be read once, as the choices of one request do:
/// the first in rank reads, the others wait for its full blocks and take them. Nobody waits for
/// ever: whoever is waited for comes earlier in rank, and the first of all waits for nobody. Used
/// from one thread.
final class SharedReading {
  private final PrefixIndex prefixes;
  private final int blockTokens;
  private long takenTokens;

  /// @param blockTokens positions of a block
  SharedReading(PrefixIndex prefixes, int blockTokens) {
    this.prefixes = prefixes;
    this.blockTokens = blockTokens;
  }

  /// Tokens of prompts that groups found while they were reading, so far.
  long takenTokens() {
    return takenTokens;
  }

  /// Gives everybody what others have read, and leaves out who waits for more of it.
  ///
  /// @param running in order of rank
  /// @return those that may go on in the next step
  List<SequenceGroup> goingOn(List<SequenceGroup> running) {
    List<SequenceGroup> goingOn = new ArrayList<>(running.size());
    List<SequenceGroup> reading = new ArrayList<>();
    for (SequenceGroup group : running) {
      takenTokens += group.takeFilled(prefixes, blockTokens);
      if (!group.isPrefilling()) {
        goingOn.add(group);
      } else if (reading.stream().noneMatch(other -> group.waitsFor(other, blockTokens))) {
        goingOn.add(group);
        reading.add(group);
      }
    }
    return goingOn;
  }
}
