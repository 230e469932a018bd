package io.fiddler.scheduler;

import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Shares the rows of a step out: one for every sequence that decodes, then chunks of what is to be
/// read, evenly among the keys and, within one, evenly among its prompts.
///
/// @param options how many rows
record StepRows(SchedulerOptions options) {
  List<Chunk> chunks(List<SequenceGroup> running) {
    List<Chunk> chunks = new ArrayList<>(running.size());
    Map<String, List<Sequence>> reading = new LinkedHashMap<>();
    for (SequenceGroup group : running) {
      for (Sequence member : group.members()) {
        if (!group.isPrefilling()) {
          chunks.add(new Chunk(member, member.computed(), 1));
        } else if (group.mayRead(member)) {
          reading.computeIfAbsent(group.standing().key(), _ -> new ArrayList<>()).add(member);
        }
      }
    }
    int budget = options.maxStepTokens() - chunks.size();
    if (!chunks.isEmpty()) {
      budget = Math.min(budget, options.maxBesideDecodes());
    }
    int keys = reading.size();
    for (List<Sequence> ofKey : reading.values()) {
      budget -= share(Math.ceilDiv(budget, keys--), ofKey, chunks);
    }
    return chunks;
  }

  /// Rows that were taken.
  private static int share(int rows, List<Sequence> reading, List<Chunk> chunks) {
    int left = rows;
    for (int i = 0; i < reading.size() && left > 0; i++) {
      Sequence sequence = reading.get(i);
      int share = Math.ceilDiv(left, reading.size() - i);
      int count = Math.min(share, sequence.prefillTokens() - sequence.computed());
      chunks.add(new Chunk(sequence, sequence.computed(), count));
      left -= count;
    }
    return rows - left;
  }
}
