package io.fiddler.device.host;

import io.fiddler.device.Event;
import io.fiddler.device.Lane;
import io.fiddler.tensor.MemoryView;

/// The compute lane of a device whose kernels run on the thread that calls them: whatever was
/// submitted is done when the call returns, so waiting blocks the caller.
public final class CallerLane implements Lane {
  @Override
  public Event record() {
    return new Done(System.nanoTime());
  }

  @Override
  public void waitFor(Event event) {
    event.await();
  }

  @Override
  public void copy(MemoryView source, MemoryView target) {
    Lane.requireSameSize(source, target);
    target.segment(target.kind()).copyFrom(source.segment(source.kind()));
  }

  @Override
  public void zero(MemoryView target) {
    target.segment(target.kind()).fill((byte) 0);
  }

  @Override
  public boolean runsOnCaller() {
    return true;
  }

  private record Done(long doneNanos) implements Event {
    @Override
    public boolean isDone() {
      return true;
    }

    @Override
    public void await() {}
  }
}
