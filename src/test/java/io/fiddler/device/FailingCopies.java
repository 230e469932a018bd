package io.fiddler.device;

import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;

/// A device whose copy lane fails when it is asked to: later, on its own thread, as copies do.
public final class FailingCopies extends ForwardingDevice {
  private final AtomicInteger copiesToGo = new AtomicInteger();

  /// Copies to `device` fail.
  public FailingCopies(Device device) {
    super(device);
  }

  /// The copy queued after `copies` others fails.
  public void failAfter(int copies) {
    copiesToGo.set(copies + 1);
  }

  @Override
  public CopyLane copy() {
    return new ForwardingCopyLane(super.copy()) {
      @Override
      public void copy(MemoryView source, MemoryView target) {
        boolean fails = copiesToGo.get() > 0 && copiesToGo.decrementAndGet() == 0;
        super.copy(fails ? unreadable(source.sizeBytes()) : source, target);
      }
    };
  }

  /// Memory that is closed already. Were it closed while the lane looks at it, the JVM could throw
  /// its error for that into whatever the lane's thread does next.
  private static MemoryView unreadable(long sizeBytes) {
    try (Arena gone = Arena.ofShared()) {
      return MemoryView.of(MemoryKind.HOST, gone.allocate(sizeBytes));
    }
  }
}
