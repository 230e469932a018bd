package io.fiddler.device.emulated;

import io.fiddler.device.Event;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A point in the copy lane's queue, completed by the lane's thread.
final class LaneEvent implements Event {
  private final CountDownLatch done = new CountDownLatch(1);
  // Written before the latch opens, read after.
  private @Nullable Throwable failure;
  private long doneNanos;

  void complete(@Nullable Throwable failureSoFar) {
    failure = failureSoFar;
    doneNanos = System.nanoTime();
    done.countDown();
  }

  @Override
  public boolean isDone() {
    return done.getCount() == 0;
  }

  @Override
  public void await() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the copy lane", e);
    }
    if (failure != null) {
      throw new IllegalStateException("the copy lane failed: " + failure.getMessage(), failure);
    }
  }

  @Override
  public long doneNanos() {
    return isDone() ? doneNanos : System.nanoTime();
  }

  /// Waits even if interrupted and whether or not the work failed: for whoever frees memory next.
  void awaitQuietly() {
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
