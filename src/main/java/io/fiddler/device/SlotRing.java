package io.fiddler.device;

import io.fiddler.tensor.MemoryView;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Equal slots in device memory that streamed slices pass through: {@link #acquire() acquire} a
/// slot, {@link Slot#fill fill} it by the copy lane, {@link Slot#use() use} it on the compute lane,
/// close it. Used from the step thread.
///
/// Nothing here blocks the host where the device can wait itself. A slot goes to its next user as
/// soon as the compute lane's work on it has been *submitted*; the copy lane, not the host, waits
/// until that work is done. With a few slots the copy engine therefore runs ahead of the compute
/// lane by that many slices and never idles in between.
public final class SlotRing implements AutoCloseable {
  private final Device device;
  private final long slotBytes;
  private final DeviceMemory.Allocation allocation;
  private final Deque<Room> free = new ArrayDeque<>();
  private final int numSlots;

  /// A ring of `numSlots` slots of `slotBytes` each.
  ///
  /// @throws DeviceMemoryException if the device's memory does not hold {@link #sizeBytes}
  public SlotRing(Device device, int numSlots, long slotBytes) {
    if (numSlots < 1) {
      throw new IllegalArgumentException("numSlots must be at least 1, got " + numSlots);
    }
    this.device = device;
    this.slotBytes = slotBytes;
    this.numSlots = numSlots;
    this.allocation = device.memory().allocate(sizeBytes(numSlots, slotBytes), "slice slots");
    long stride = DeviceMemory.aligned(slotBytes);
    for (int slot = 0; slot < numSlots; slot++) {
      free.add(new Room(allocation.view().slice(slot * stride, slotBytes)));
    }
  }

  /// Device memory that a ring takes.
  public static long sizeBytes(int numSlots, long slotBytes) {
    return Math.multiplyExact(numSlots, DeviceMemory.aligned(slotBytes));
  }

  /// Number of slots.
  public int numSlots() {
    return numSlots;
  }

  /// Most bytes a slot holds.
  public long slotBytes() {
    return slotBytes;
  }

  /// Slots that may be acquired now.
  public int numFree() {
    return free.size();
  }

  /// A lease of the slot released longest ago. Leases may overlap and be closed in any order, since
  /// the copies run ahead of the compute; so this is not `@MustBeClosed`, but every lease must be
  /// closed, also when a step fails.
  ///
  /// @throws IllegalStateException if all slots are leased
  public Slot acquire() {
    Room room = free.poll();
    if (room == null) {
      throw new IllegalStateException(
          "all %d slots are leased: close one before acquiring another".formatted(numSlots));
    }
    return new Slot(room);
  }

  /// Frees the slots; a second call does nothing. Leases that are still open must not be used any
  /// more.
  @Override
  public void close() {
    free.clear();
    allocation.close();
  }

  /// The memory of a slot and what its last user left behind.
  private static final class Room {
    final MemoryView memory;
    @Nullable Event lastUse;

    Room(MemoryView memory) {
      this.memory = memory;
    }
  }

  /// One slot, for one slice at a time.
  public final class Slot implements AutoCloseable {
    private @Nullable Room room;
    private @Nullable MemoryView content;
    private @Nullable Event begun;
    private @Nullable Event filled;

    private Slot(Room room) {
      this.room = room;
    }

    /// Queues a copy of `source` to the beginning of the slot, to run once the compute lane is done
    /// with what was there before.
    public void fill(MemoryView source) {
      fill(source, false);
    }

    /// The same, and if it is `timed` with an event where the copy begins.
    public void fill(MemoryView source, boolean timed) {
      if (source.sizeBytes() > slotBytes) {
        throw new IllegalArgumentException(
            "a slice must fit a slot of %d bytes, got %s".formatted(slotBytes, source));
      }
      Room mine = leased();
      CopyLane copy = device.copy();
      if (filled != null) { // the same lease again: whatever was submitted may still read the slice
        mine.lastUse = device.compute().record();
      }
      if (mine.lastUse != null) {
        copy.waitFor(mine.lastUse);
        mine.lastUse = null;
      }
      content = mine.memory.slice(0, source.sizeBytes());
      begun = timed ? copy.record() : null;
      copy.copy(source, content);
      filled = copy.record();
    }

    /// Where a timed copy began; null if it was not timed.
    public @Nullable Event begun() {
      return begun;
    }

    /// Where the copy ends; null if nothing was filled.
    public @Nullable Event filled() {
      return filled;
    }

    /// Whether the copy is done, so that using the slot waits for nothing.
    public boolean isFilled() {
      return filled != null && filled.isDone();
    }

    /// The slice in device memory, for work submitted to the compute lane from now on: that waits
    /// until the copy is done.
    ///
    /// @throws IllegalStateException if nothing was filled, or where the compute lane is the caller
    ///   if the copy failed
    public MemoryView use() {
      if (content == null || filled == null) {
        throw new IllegalStateException("a slot must be filled before it is used");
      }
      device.compute().waitFor(filled);
      return content;
    }

    /// Gives the slot back, to be filled again once the compute lane has done what was submitted to
    /// it so far; a second call does nothing.
    @Override
    public void close() {
      Room mine = room;
      if (mine != null) {
        room = null;
        content = null;
        mine.lastUse = device.compute().record();
        free.add(mine);
      }
    }

    private Room leased() {
      if (room == null) {
        throw new IllegalStateException("the slot was given back already");
      }
      return room;
    }
  }
}
