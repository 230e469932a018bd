package io.fiddler.kernel.cuda;

import io.fiddler.device.Event;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The flag that the device raises behind each publication, with the number of publications so far
/// (it may pass the largest int and go on from the smallest).
///
/// The host spins: a result is due within microseconds in decode, and in prefill the step thread
/// has nothing else to do. Once a wait is long, it looks at the lane, whose work may have failed;
/// and a device that neither answers nor fails is given up after 30 seconds, some hundred times the
/// longest layer, so that the requests of the step end and others can be tried.
final class PublicationFlag {
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final long LOOK_AFTER_NANOS = 50_000_000;
  private static final long GIVE_UP_AFTER_NANOS = 30_000_000_000L;
  private static final int SPINS_BETWEEN_LOOKS = 1 << 10;

  private final MemorySegment flag;
  private final Supplier<? extends Event> record;
  private final long lookAfterNanos;
  private final long giveUpAfterNanos;
  private int published;

  /// @param flag its first four bytes, aligned, zero so far
  /// @param record an event of the lane that publishes
  PublicationFlag(MemorySegment flag, Supplier<? extends Event> record) {
    this(flag, record, LOOK_AFTER_NANOS, GIVE_UP_AFTER_NANOS);
  }

  /// With other patience.
  PublicationFlag(
      MemorySegment flag,
      Supplier<? extends Event> record,
      long lookAfterNanos,
      long giveUpAfterNanos) {
    this.flag = flag;
    this.record = record;
    this.lookAfterNanos = lookAfterNanos;
    this.giveUpAfterNanos = giveUpAfterNanos;
  }

  /// Waits for the publication queued after those awaited so far.
  ///
  /// @param what is awaited, for the messages
  /// @throws IllegalStateException if the lane's work failed, or gave no answer; the next call
  ///   awaits the next publication all the same
  void awaitNext(String what) {
    published++;
    long start = System.nanoTime();
    Event behind = null;
    for (int spins = 1; !isRaised(); spins++) {
      Thread.onSpinWait();
      if (spins % SPINS_BETWEEN_LOOKS == 0) {
        behind = look(behind, System.nanoTime() - start, what);
      }
    }
  }

  private boolean isRaised() {
    // A difference of ints, so that the number may wrap.
    return (int) INT.getAcquire(flag, 0L) - published >= 0;
  }

  private @Nullable Event look(@Nullable Event behind, long waitedNanos, String what) {
    if (waitedNanos < lookAfterNanos) {
      return null;
    }
    if (behind == null) {
      return record.get();
    }
    if (behind.isDone() && !isRaised()) {
      behind.await();
      throw new IllegalStateException(
          "the device finished its work without publishing %s".formatted(what));
    }
    if (waitedNanos > giveUpAfterNanos) {
      throw new IllegalStateException(
          "the device has not published %s within %d s and is given up for this step"
              .formatted(what, giveUpAfterNanos / 1_000_000_000));
    }
    return behind;
  }
}
