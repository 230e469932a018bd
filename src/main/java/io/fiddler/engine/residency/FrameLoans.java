package io.fiddler.engine.residency;

import io.fiddler.kvcache.BlockPool;
import io.fiddler.kvcache.BlockRange;
import io.fiddler.scheduler.MoreBlocks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/// The frames that the key/value cache has borrowed from the experts: taken when sequences need
/// blocks, given back when none of their blocks has been in use for a while. Used from the step
/// thread, between steps.
///
/// Blocks are handed out from the frames borrowed first, so the frames borrowed last come back
/// first. While somebody waits for more blocks than there are, nothing is given back.
public final class FrameLoans implements MoreBlocks {
  private static final long IN_USE = Long.MIN_VALUE;

  private final ResidentExperts resident;
  private final BlockPool pool;
  private final IntFunction<BlockRange> blocksOfFrame;
  private final Terms terms;
  private final LongSupplier clock;
  private final Deque<Loan> loans = new ArrayDeque<>();

  /// What may be borrowed.
  ///
  /// @param maxFrames frames at most
  /// @param blocksPerFrame blocks that every frame has at least; positive if there are frames
  /// @param idleNanos a frame is given back when it has been idle for so long
  public record Terms(int maxFrames, int blocksPerFrame, long idleNanos) {
    /// Nothing may be borrowed.
    public static final Terms NOTHING = new Terms(0, 0, 0);

    public Terms {
      if (maxFrames < 0 || (maxFrames > 0 && blocksPerFrame < 1)) {
        throw new IllegalArgumentException(
            "frames that are lent must have room for a block, got %d frames of %d blocks"
                .formatted(maxFrames, blocksPerFrame));
      }
    }

    /// Blocks they have at least.
    public int blocks() {
      return maxFrames * blocksPerFrame;
    }
  }

  private static final class Loan {
    final int frame;
    final BlockRange blocks;
    long idleSince = IN_USE;

    Loan(int frame, BlockRange blocks) {
      this.frame = frame;
      this.blocks = blocks;
    }
  }

  /// @param blocksOfFrame the blocks of each frame
  /// @param clock as {@link System#nanoTime}
  public FrameLoans(
      ResidentExperts resident,
      BlockPool pool,
      IntFunction<BlockRange> blocksOfFrame,
      Terms terms,
      LongSupplier clock) {
    if (terms.maxFrames() > resident.capacity()) {
      throw new IllegalArgumentException(
          "of %d frames %d cannot be lent".formatted(resident.capacity(), terms.maxFrames()));
    }
    this.resident = resident;
    this.pool = pool;
    this.blocksOfFrame = blocksOfFrame;
    this.terms = terms;
    this.clock = clock;
  }

  @Override
  public int most() {
    return terms.blocks();
  }

  @Override
  public boolean ask(int blocks) {
    int left = terms.maxFrames() - loans.size();
    if (left == 0 || Math.ceilDiv(blocks, terms.blocksPerFrame()) > left) {
      // Somebody waits until others are done, and then wants what is idle now.
      loans.forEach(loan -> loan.idleSince = IN_USE);
      return false;
    }
    for (int added = 0; added < blocks; ) {
      int frame = resident.lend();
      BlockRange range = blocksOfFrame.apply(frame);
      pool.add(range);
      loans.addLast(new Loan(frame, range));
      added += range.count();
    }
    return true;
  }

  /// Gives back the frames that have been idle for long enough.
  public void giveBack() {
    long now = clock.getAsLong();
    for (Iterator<Loan> newestFirst = loans.descendingIterator(); newestFirst.hasNext(); ) {
      Loan loan = newestFirst.next();
      if (!pool.isUnused(loan.blocks)) {
        loan.idleSince = IN_USE;
      } else if (loan.idleSince == IN_USE) {
        loan.idleSince = now;
      } else if (now - loan.idleSince >= terms.idleNanos()) {
        pool.remove(loan.blocks);
        newestFirst.remove();
        resident.takeBack(loan.frame);
      }
    }
  }

  /// How long until {@link #giveBack} may have something to do if no step runs; `Long.MAX_VALUE` if
  /// nothing is borrowed.
  public long nanosUntilReturn() {
    long least = Long.MAX_VALUE;
    for (Loan loan : loans) {
      long idle = loan.idleSince == IN_USE ? 0 : clock.getAsLong() - loan.idleSince;
      least = Math.min(least, Math.max(1, terms.idleNanos() - idle));
    }
    return least;
  }
}
