package io.fiddler.scheduler;

import io.fiddler.kvcache.BlockCopy;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.kvcache.PrefixIndex;
import io.fiddler.scheduler.Batch.Chunk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decides which rows make up the next step: one of every decoding sequence, then chunks of prompts
/// up to the token budget ({@link StepRows}). Who waits is admitted in a fair order ({@link
/// WaitingLine}, {@link Fairness}) when there are blocks for what it has to read ({@link
/// Admission}), and takes further ones as it grows; where they run out, the last in rank is set
/// back and computed again later ({@link RunningGroups}). Used from one thread; no clock, no
/// compute.
///
/// Every group that is submitted comes to its end, however many others there are, as long as each
/// alone fits the cache.
public final class Scheduler {
  private final SchedulerOptions options;
  private final Room room;
  private final PrefixIndex prefixes;
  private final Fairness fairness = new Fairness();
  private final WaitingLine waiting;
  private final RunningGroups running;
  private final Admission admission;
  private final SharedReading reading;
  private final Set<SequenceGroup> here = new HashSet<>();
  private long arrivals;
  private long setBack;

  /// A scheduler over the blocks of `pool` that fills every step.
  public Scheduler(BlockPool pool, int maxRunning, int maxStepTokens) {
    this(pool, maxRunning, maxStepTokens, maxStepTokens);
  }

  /// The same, but with fewer rows of prompts where somebody decodes, who waits for them.
  public Scheduler(BlockPool pool, int maxRunning, int maxStepTokens, int maxBesideDecodes) {
    this(pool, MoreBlocks.NONE, maxRunning, maxStepTokens, maxBesideDecodes);
  }

  /// The same over a pool that grows when it has too few blocks.
  public Scheduler(
      BlockPool pool, MoreBlocks more, int maxRunning, int maxStepTokens, int maxBesideDecodes) {
    this(
        pool,
        more,
        new SchedulerOptions(
            maxRunning, maxStepTokens, maxBesideDecodes, SchedulerOptions.AGEING_NANOS));
  }

  /// A scheduler over the blocks of `pool`, which grows when it has too few.
  public Scheduler(BlockPool pool, MoreBlocks more, SchedulerOptions options) {
    this.options = options;
    this.room = new Room(pool, more);
    this.prefixes = new PrefixIndex(pool);
    this.waiting = new WaitingLine(fairness, options);
    this.running = new RunningGroups(room, this::setBack);
    this.admission = new Admission(waiting, running, room, prefixes, options.maxRunning());
    this.reading = new SharedReading(prefixes, pool.blockTokens());
  }

  /// Positions of the largest cache there can be.
  public long mostPositions() {
    return (long) room.mostBlocks() * room.pool().blockTokens();
  }

  /// Whether the cache could ever hold this group alone, and a step its members.
  public boolean canEverRun(SequenceGroup group) {
    return group.width() <= options.maxRunning()
        && group.mostBlocks(room.pool().blockTokens()) <= room.mostBlocks();
  }

  /// Queues a group.
  ///
  /// @throws IllegalArgumentException if it could never run
  public void submit(SequenceGroup group) {
    if (group.width() > options.maxRunning()) {
      throw new IllegalArgumentException(
          "%d sequences at a time do not fit a step of %d"
              .formatted(group.width(), options.maxRunning()));
    }
    if (!canEverRun(group)) {
      throw new IllegalArgumentException(
          "%d positions do not fit a cache of %d"
              .formatted(group.mostPositions(room.pool().blockTokens()), mostPositions()));
    }
    if (here.add(group)) {
      String key = group.standing().key();
      fairness.arrives(key, waiting.waits(key));
      group.arrive(++arrivals, options);
      waiting.add(group);
    }
  }

  /// Ends a group, wherever it is, and frees its blocks.
  public void remove(SequenceGroup group) {
    if (here.remove(group)) {
      waiting.remove(group);
      running.remove(group);
      fairness.leaves(group.standing().key());
    }
  }

  /// The groups whose deadline has passed, wherever they are.
  public List<SequenceGroup> expired(long nowNanos) {
    return here.stream().filter(group -> group.standing().isOver(nowNanos)).toList();
  }

  /// Groups waiting.
  public int waiting() {
    return waiting.size();
  }

  /// Sequences admitted.
  public int running() {
    return running.sequences();
  }

  /// Blocks there are now.
  public int blocks() {
    return room.pool().numBlocks();
  }

  /// Blocks that no sequence holds.
  public int freeBlocks() {
    return room.pool().freeBlocks();
  }

  /// Groups set back so far.
  public long setBacks() {
    return setBack;
  }

  /// Tokens of prompts that groups found in the cache so far, instead of computing them: the sum of
  /// their {@link SequenceGroup#cachedPromptTokens}.
  public long cachedTokens() {
    return admission.cachedTokens() + reading.takenTokens();
  }

  /// Rows of the next step; no chunks if there is nothing to do.
  ///
  /// @param nowNanos on the clock of {@link Standing}
  public Batch next(long nowNanos) {
    fairness.pass(nowNanos);
    List<BlockCopy> copies = new ArrayList<>();
    if (running.grow(copies)) {
      admission.admit(nowNanos);
    }
    return new Batch(new StepRows(options).chunks(reading.goingOn(running.inOrder())), copies);
  }

  /// The same where the CPU computed no experts.
  public void done(Batch batch) {
    done(batch, new long[batch.chunks().size()]);
  }

  /// The rows of this batch were computed. Comes before the groups in it {@link
  /// SequenceGroup#proceed}.
  ///
  /// @param hostNanos time the CPU computed experts for each chunk
  public void done(Batch batch, long[] hostNanos) {
    for (int i = 0; i < batch.chunks().size(); i++) {
      Chunk chunk = batch.chunks().get(i);
      SequenceGroup group = chunk.sequence().group();
      chunk.sequence().advance(chunk.count());
      group.keepFull(chunk.sequence(), chunk.from(), prefixes, room.pool().blockTokens());
      fairness.charge(group.standing().key(), hostNanos[i]);
    }
  }

  private void setBack(SequenceGroup group) {
    setBack++;
    group.markSetBack();
    waiting.add(group);
  }
}
