package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.device.SlotRing.Slot;
import io.fiddler.tensor.MemoryView;
import org.jspecify.annotations.Nullable;

/// Consecutive slices of one expert on their way to the device.
sealed interface Shipment extends AutoCloseable {
  /// Whether they are there, so that using them waits for nothing.
  boolean hasArrived();

  /// Their bytes on the device, for work submitted to the compute lane from now on, which waits
  /// until they are there.
  MemoryView use();

  /// Where the copy began; null if it is not timed.
  @Nullable Event begun();

  /// Where the copy ends.
  @Nullable Event arrived();

  /// Gives back the room, if it was lent.
  @Override
  void close();

  /// Sends `slices` through a slot.
  static Shipment through(Slot slot, MemoryView slices, boolean timed) {
    try {
      slot.fill(slices, timed);
    } catch (RuntimeException | Error e) {
      slot.close();
      throw e;
    }
    return new InSlot(slot);
  }

  /// Sends `slices` to their place in the frame of an expert that stays.
  static Shipment to(MemoryView frame, MemoryView slices, Device device, boolean timed) {
    @Nullable Event begun = timed ? device.copy().record() : null;
    device.copy().copy(slices, frame);
    return new InFrame(frame, begun, device.copy().record(), device);
  }

  /// In a slot of the ring.
  record InSlot(Slot slot) implements Shipment {
    @Override
    public boolean hasArrived() {
      return slot.isFilled();
    }

    @Override
    public MemoryView use() {
      return slot.use();
    }

    @Override
    public @Nullable Event begun() {
      return slot.begun();
    }

    @Override
    public @Nullable Event arrived() {
      return slot.filled();
    }

    @Override
    public void close() {
      slot.close();
    }
  }

  /// In a frame.
  record InFrame(MemoryView frame, @Nullable Event begun, Event arrived, Device device)
      implements Shipment {
    @Override
    public boolean hasArrived() {
      return arrived.isDone();
    }

    @Override
    public MemoryView use() {
      device.compute().waitFor(arrived);
      return frame;
    }

    @Override
    public void close() {}
  }
}
