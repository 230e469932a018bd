package io.fiddler.engine.step;

import io.fiddler.tensor.ExpertFormat;

/// The room that slices are streamed through: how many slots, and how many slices of an expert go
/// into one, are copied at once and computed by one call.
///
/// @param numSlots slots
/// @param slicesPerSlot most slices in a slot
public record StreamShape(int numSlots, int slicesPerSlot) {
  /// What the copy engine may be ahead by. While a layer's experts are added up and the next one
  /// attends and routes, nothing is known of what it needs; at 54 GB/s this room keeps the copy
  /// engine busy for 6 ms of it, for less than one Mixtral expert's memory.
  private static final long AHEAD_BYTES = 320L << 20;

  /// One call costs the step thread some 30 us of launches, a Mixtral slice takes 460 us to copy:
  /// two a call keep the launches below a twentieth, and more would only delay the last of them.
  private static final int SLICES_PER_SLOT = 2;

  /// Fewer would let the copy engine wait for the compute lane.
  private static final int MIN_SLOTS = 4;

  /// More are of no use to experts so small that they take microseconds.
  private static final int MAX_SLOTS = 16;

  /// The shape for experts of one format.
  public static StreamShape of(ExpertFormat format) {
    int slices = Math.min(SLICES_PER_SLOT, Math.max(1, format.numSlices() / 2));
    long slots = AHEAD_BYTES / (slices * format.sliceSizeBytes());
    return new StreamShape(Math.clamp(slots, MIN_SLOTS, MAX_SLOTS), slices);
  }

  /// Bytes of a slot.
  public long slotBytes(ExpertFormat format) {
    return slicesPerSlot * format.sliceSizeBytes();
  }
}
