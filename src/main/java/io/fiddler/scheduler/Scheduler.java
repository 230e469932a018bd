package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockCopy;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Decides which rows make up the next step: one row of every decoding sequence, then chunks of
/// prompts, shared evenly among the prompts being read, up to the token budget. A waiting group is
/// admitted, in order of arrival, when the blocks of what it has to read are free or {@link
/// MoreBlocks more} can be had; it takes further ones as it grows. Where those run out, who was
/// admitted last is set back and computed again later. Used from one thread; no clock, no compute.
public final class Scheduler {
  private final BlockPool pool;
  private final MoreBlocks more;
  private final int maxRunning;
  private final int maxStepTokens;
  private final int maxBesideDecodes;
  private final Deque<SequenceGroup> waiting = new ArrayDeque<>();
  private final List<SequenceGroup> running = new ArrayList<>();

  /// A scheduler over the blocks of `pool` that fills every step.
  ///
  /// @param maxRunning most sequences in a step
  /// @param maxStepTokens most rows of a step, at least `maxRunning` so that every decoding
  ///   sequence has its row
  public Scheduler(BlockPool pool, int maxRunning, int maxStepTokens) {
    this(pool, maxRunning, maxStepTokens, maxStepTokens);
  }

  /// The same, but with fewer rows of prompts where somebody decodes, who waits for them.
  ///
  /// @param maxBesideDecodes most rows of prompts in a step with decoding sequences, at least one
  public Scheduler(BlockPool pool, int maxRunning, int maxStepTokens, int maxBesideDecodes) {
    this(pool, MoreBlocks.NONE, maxRunning, maxStepTokens, maxBesideDecodes);
  }

  /// The same over a pool that grows when it has too few blocks.
  public Scheduler(
      BlockPool pool, MoreBlocks more, int maxRunning, int maxStepTokens, int maxBesideDecodes) {
    if (maxRunning < 1 || maxStepTokens < maxRunning) {
      throw new IllegalArgumentException(
          "maxStepTokens must be at least maxRunning, got %d and %d"
              .formatted(maxStepTokens, maxRunning));
    }
    if (maxBesideDecodes < 1) {
      throw new IllegalArgumentException(
          "maxBesideDecodes must be at least 1, got " + maxBesideDecodes);
    }
    this.pool = pool;
    this.more = more;
    this.maxRunning = maxRunning;
    this.maxStepTokens = maxStepTokens;
    this.maxBesideDecodes = maxBesideDecodes;
  }

  /// Positions of the largest cache there can be.
  public long mostPositions() {
    return (long) mostBlocks() * pool.blockTokens();
  }

  private int mostBlocks() {
    return pool.baseBlocks() + more.most();
  }

  /// Whether the cache could ever hold this group alone, and a step its members.
  public boolean canEverRun(SequenceGroup group) {
    return group.mostBlocks(pool.blockTokens()) <= mostBlocks() && group.width() <= maxRunning;
  }

  /// Queues a group.
  ///
  /// @throws IllegalArgumentException if it could never run
  public void submit(SequenceGroup group) {
    if (group.width() > maxRunning) {
      throw new IllegalArgumentException(
          "%d sequences at a time do not fit a step of %d".formatted(group.width(), maxRunning));
    }
    if (!canEverRun(group)) {
      throw new IllegalArgumentException(
          "%d positions do not fit a cache of %d"
              .formatted(group.mostPositions(pool.blockTokens()), mostPositions()));
    }
    waiting.add(group);
  }

  /// Ends a group, wherever it is, and frees its blocks.
  public void remove(SequenceGroup group) {
    waiting.remove(group);
    if (running.remove(group)) {
      group.release();
    }
  }

  /// Groups waiting.
  public int waiting() {
    return waiting.size();
  }

  /// Sequences admitted.
  public int running() {
    return running.stream().mapToInt(group -> group.members().size()).sum();
  }

  /// Rows of the next step; no chunks if there is nothing to do.
  public Batch next() {
    List<BlockCopy> copies = new ArrayList<>();
    boolean enough = makeRoom(copies);
    if (enough) {
      admit();
    }
    List<Chunk> chunks = new ArrayList<>(running.size());
    List<Sequence> prefilling = new ArrayList<>();
    for (SequenceGroup group : running) {
      for (Sequence member : group.members()) {
        if (!group.isPrefilling()) {
          chunks.add(new Chunk(member, member.computed(), 1));
        } else if (group.mayRead(member)) {
          prefilling.add(member);
        }
      }
    }
    int budget = maxStepTokens - chunks.size();
    if (!chunks.isEmpty()) {
      budget = Math.min(budget, maxBesideDecodes);
    }
    for (int i = 0; i < prefilling.size() && budget > 0; i++) {
      Sequence sequence = prefilling.get(i);
      int share = Math.ceilDiv(budget, prefilling.size() - i);
      int count = Math.min(share, sequence.prefillTokens() - sequence.computed());
      chunks.add(new Chunk(sequence, sequence.computed(), count));
      budget -= count;
    }
    return new Batch(chunks, copies);
  }

  /// The rows of this batch were computed. Comes before the groups in it {@link
  /// SequenceGroup#proceed}.
  public void done(Batch batch) {
    for (Chunk chunk : batch.chunks()) {
      chunk.sequence().advance(chunk.count());
    }
  }

  /// Takes the blocks of all decoded rows, setting back who came last where they do not suffice.
  ///
  /// @return whether they did
  private boolean makeRoom(List<BlockCopy> copies) {
    boolean enough = true;
    for (SequenceGroup group : List.copyOf(running)) {
      int copiesBefore = copies.size();
      while (running.contains(group) && !group.isPrefilling() && !takeBlocks(group, copies)) {
        enough = false;
        SequenceGroup last = running.removeLast();
        last.release();
        waiting.addFirst(last);
        if (last == group) {
          copies.subList(copiesBefore, copies.size()).clear();
        }
      }
    }
    return enough;
  }

  private boolean takeBlocks(SequenceGroup group, List<BlockCopy> copies) {
    for (Sequence member : group.members()) {
      if (!has(member.missing())) {
        return false;
      }
      member.write(copies);
    }
    return true;
  }

  private boolean has(int blocks) {
    int missing = blocks - pool.freeBlocks();
    return missing <= 0 || more.ask(missing);
  }

  private void admit() {
    while (!waiting.isEmpty()) {
      SequenceGroup next = waiting.element();
      int sequences = running.stream().mapToInt(SequenceGroup::width).sum();
      // Beside others that run, room stays for a block of each, or it would soon be set back again.
      if (sequences + next.width() > maxRunning || !has(next.blocksToAdmit(pool) + sequences)) {
        // Later ones wait too, even if they would fit: overtaking could starve a long sequence.
        return;
      }
      waiting.remove();
      next.admit(pool);
      running.add(next);
    }
  }
}
