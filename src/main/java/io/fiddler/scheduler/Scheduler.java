package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.kvcache.BlockTable;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/// Decides which rows make up the next step: one row of every decoding sequence, then chunks of
/// prompts, shared evenly among the prompts being read, up to the token budget. A waiting sequence
/// is admitted, in order of arrival, when the blocks of its longest possible course are free or
/// {@link MoreBlocks more} can be had, so an admitted one can always run to its end. Used from one
/// thread; no clock, no compute.
public final class Scheduler {
  private final BlockPool pool;
  private final MoreBlocks more;
  private final int maxRunning;
  private final int maxStepTokens;
  private final int maxBesideDecodes;
  private final Queue<Sequence> waiting = new ArrayDeque<>();
  private final List<Sequence> running = new ArrayList<>();

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

  /// Whether the cache could ever hold this sequence.
  public boolean canEverRun(Sequence sequence) {
    return pool.blocksFor(sequence.maxPositions()) <= mostBlocks();
  }

  /// Queues a sequence.
  ///
  /// @throws IllegalArgumentException if the cache could never hold it
  public void submit(Sequence sequence) {
    if (!canEverRun(sequence)) {
      throw new IllegalArgumentException(
          "%d positions do not fit a cache of %d"
              .formatted(sequence.maxPositions(), mostPositions()));
    }
    waiting.add(sequence);
  }

  /// Ends a sequence, wherever it is, and frees its blocks.
  public void remove(Sequence sequence) {
    waiting.remove(sequence);
    if (running.remove(sequence)) {
      sequence.release();
    }
  }

  /// Sequences waiting.
  public int waiting() {
    return waiting.size();
  }

  /// Sequences admitted.
  public int running() {
    return running.size();
  }

  /// Rows of the next step; no chunks if there is nothing to do.
  public Batch next() {
    admit();
    List<Chunk> chunks = new ArrayList<>(running.size());
    List<Sequence> prefilling = new ArrayList<>();
    for (Sequence sequence : running) {
      if (sequence.isPrefilling()) {
        prefilling.add(sequence);
      } else {
        chunks.add(new Chunk(sequence, sequence.computed(), 1));
      }
    }
    int budget = maxStepTokens - chunks.size();
    if (!chunks.isEmpty()) {
      budget = Math.min(budget, maxBesideDecodes);
    }
    for (int i = 0; i < prefilling.size() && budget > 0; i++) {
      Sequence sequence = prefilling.get(i);
      int share = Math.ceilDiv(budget, prefilling.size() - i);
      int count = Math.min(share, sequence.promptTokens() - sequence.computed());
      chunks.add(new Chunk(sequence, sequence.computed(), count));
      budget -= count;
    }
    return new Batch(chunks);
  }

  /// The step with this batch was done.
  public void done(Batch batch) {
    for (Chunk chunk : batch.chunks()) {
      chunk.sequence().advance(chunk.count());
    }
  }

  private void admit() {
    while (running.size() < maxRunning && !waiting.isEmpty()) {
      Sequence next = waiting.element();
      int missing = pool.blocksFor(next.maxPositions()) - pool.freeBlocks();
      if (missing > 0 && !more.ask(missing)) {
        // Later ones wait too, even if they would fit: overtaking could starve a long sequence.
        return;
      }
      waiting.remove();
      next.admit(BlockTable.reserve(pool, next.maxPositions()));
      running.add(next);
    }
  }
}
