package io.fiddler.engine.load;

import io.fiddler.device.CopyLane;
import io.fiddler.device.ForwardingCopyLane;
import io.fiddler.device.ForwardingDevice;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.function.LongPredicate;

/// An emulated device whose copy engine spoils the first bytes of some copies.
final class CorruptingDevice extends ForwardingDevice {
  private static final int SPOILT_BYTES = 64;

  private final HostMemory nonsense = HostMemory.allocate(SPOILT_BYTES);
  private final LongPredicate spoilt;

  /// @param spoilt whether a copy of so many bytes is spoilt
  CorruptingDevice(LongPredicate spoilt) {
    super(new EmulatedDevice(0));
    this.spoilt = spoilt;
    nonsense.view().segment(MemoryKind.HOST).fill((byte) 0x42); // 48.6 in float32 and in bf16
  }

  @Override
  public CopyLane copy() {
    return new ForwardingCopyLane(super.copy()) {
      @Override
      public void copy(MemoryView source, MemoryView target) {
        super.copy(source, target);
        if (spoilt.test(source.sizeBytes()) && target.kind() == MemoryKind.DEVICE) {
          super.copy(nonsense.view(), target.slice(0, SPOILT_BYTES));
        }
      }
    };
  }

  @Override
  public void close() {
    super.close();
    nonsense.close();
  }
}
