package io.fiddler.device.host;

import io.fiddler.device.CopyLane;
import io.fiddler.device.Event;
import io.fiddler.device.Lane;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;

/// Copies at once, on the caller; a copy that fails throws at once, too.
final class CallerCopyLane implements CopyLane {
  private final Lane caller = new CallerLane();

  @Override
  public void copy(MemoryView source, MemoryView target) {
    CopyLane.requireSameSize(source, target);
    target.segment(MemoryKind.HOST).copyFrom(source.segment(MemoryKind.HOST));
  }

  @Override
  public void zero(MemoryView target) {
    caller.zero(target);
  }

  @Override
  public Event record() {
    return caller.record();
  }

  @Override
  public void waitFor(Event event) {
    caller.waitFor(event);
  }

  @Override
  public boolean runsOnCaller() {
    return true;
  }
}
