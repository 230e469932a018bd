package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockCopy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// The groups that were admitted, by {@link SequenceGroup#rank rank}. Used from one thread.
///
/// Where blocks run out, the last in rank is set back. So the first always gets on, and everybody
/// becomes the first: nobody is set back for ever.
final class RunningGroups {
  private final List<SequenceGroup> groups = new ArrayList<>();
  private final Room room;
  private final Consumer<SequenceGroup> setBack;

  /// @param setBack takes who was set back
  RunningGroups(Room room, Consumer<SequenceGroup> setBack) {
    this.room = room;
    this.setBack = setBack;
  }

  /// In order of rank.
  List<SequenceGroup> inOrder() {
    return Collections.unmodifiableList(groups);
  }

  void add(SequenceGroup group) {
    int at = Collections.binarySearch(groups, group, SequenceGroup.BY_RANK);
    groups.add(-at - 1, group);
  }

  /// Takes a group out, if it runs, and frees its blocks.
  void remove(SequenceGroup group) {
    if (groups.remove(group)) {
      group.release();
    }
  }

  /// Sequences now.
  int sequences() {
    return groups.stream().mapToInt(group -> group.members().size()).sum();
  }

  /// Sequences that there may come to be.
  int width() {
    return groups.stream().mapToInt(SequenceGroup::width).sum();
  }

  /// Takes the blocks for the next row of everybody who decodes.
  ///
  /// @param copies where the copies are added that this takes
  /// @return whether nobody had to be set back
  boolean grow(List<BlockCopy> copies) {
    int before = groups.size();
    for (int i = 0; i < groups.size(); i++) {
      SequenceGroup group = groups.get(i);
      int copiesBefore = copies.size();
      while (!group.isPrefilling() && !takeBlocks(group, copies)) {
        // Those before it have taken theirs and stay: who is set back comes later, or is itself.
        SequenceGroup last = groups.removeLast();
        last.release();
        setBack.accept(last);
        if (last == group) {
          copies.subList(copiesBefore, copies.size()).clear();
          break;
        }
      }
    }
    return groups.size() == before;
  }

  private boolean takeBlocks(SequenceGroup group, List<BlockCopy> copies) {
    for (Sequence member : group.members()) {
      if (!room.has(member.missing())) {
        return false;
      }
      member.write(copies);
    }
    return true;
  }
}
