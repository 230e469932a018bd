package io.fiddler.device;

import io.fiddler.tensor.MemoryView;

/// A copy lane that is another one but for what a subclass changes.
public abstract class ForwardingCopyLane implements CopyLane {
  private final CopyLane lane;

  /// Everything goes to `lane`.
  protected ForwardingCopyLane(CopyLane lane) {
    this.lane = lane;
  }

  @Override
  public void copy(MemoryView source, MemoryView target) {
    lane.copy(source, target);
  }

  @Override
  public void zero(MemoryView target) {
    lane.zero(target);
  }

  @Override
  public Event record() {
    return lane.record();
  }

  @Override
  public void waitFor(Event event) {
    lane.waitFor(event);
  }
}
