package io.fiddler.engine.residency;

import io.fiddler.expert.ExpertId;
import io.fiddler.tensor.MemoryView;

/// An expert that a step streams and that is to stay. Either committed or abandoned, within the
/// step.
public final class Adoption {
  private final Swap swap;
  private final ExpertId id;
  private final int frame;
  private final FrameTable table;

  Adoption(Swap swap, ExpertId id, int frame, FrameTable table) {
    this.swap = swap;
    this.id = id;
    this.frame = frame;
    this.table = table;
  }

  /// Where its bytes are to go.
  public MemoryView frame() {
    return table.view(frame);
  }

  /// Its copies are queued, and the compute lane waits for them: it is resident.
  public void commit() {
    swap.adopted();
    table.settle(id, frame);
  }

  /// The step failed.
  public void abandon() {
    table.giveUp(frame);
    swap.putBack(id);
  }
}
