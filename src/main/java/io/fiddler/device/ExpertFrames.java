package io.fiddler.device;

import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Device room for a number of whole experts, its frames. Used from the step thread.
///
/// As with slots, the host never waits for the device: a frame may be freed while the compute lane
/// still reads it, since copies queued after it was allocated again wait for that work.
public final class ExpertFrames implements AutoCloseable {
  /// Allocations are no larger than this, unless a frame is: a pool that has to find one range of
  /// many GiB may fail where there is room enough.
  private static final long CHUNK_BYTES = 1L << 30;

  private final Device device;
  private final int capacity;
  private final long expertBytes;
  private final int framesPerChunk;
  private final List<DeviceMemory.Allocation> owned = new ArrayList<>();
  private final List<MemoryView> chunks = new ArrayList<>();
  private final BitSet used = new BitSet();
  private final @Nullable Event[] lastUse;

  /// Room for `capacity` experts of `expertBytes` each; none is fine.
  ///
  /// @throws DeviceMemoryException if the device's memory does not hold {@link #sizeBytes}; nothing
  ///   stays allocated
  public ExpertFrames(Device device, int capacity, long expertBytes) {
    this(
        device,
        capacity,
        expertBytes,
        Math.toIntExact(
            Math.clamp(CHUNK_BYTES / Math.max(1, frameBytes(expertBytes)), 1, Integer.MAX_VALUE)));
    try {
      for (int first = 0; first < capacity; first += framesPerChunk) {
        int frames = Math.min(framesPerChunk, capacity - first);
        owned.add(device.memory().allocate(frames * frameBytes(expertBytes), "expert frames"));
        chunks.add(owned.getLast().view());
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// The same one behind the other in memory of the caller, who keeps it.
  ///
  /// @param memory {@link #sizeBytes} at least, aligned to {@link DeviceMemory#ALIGNMENT_BYTES}
  public static ExpertFrames in(MemoryView memory, Device device, int capacity, long expertBytes) {
    if (memory.sizeBytes() < sizeBytes(capacity, expertBytes)) {
      throw new IllegalArgumentException(
          "%d frames of %d bytes do not fit %s".formatted(capacity, expertBytes, memory));
    }
    ExpertFrames frames = new ExpertFrames(device, capacity, expertBytes, Math.max(1, capacity));
    frames.chunks.add(memory);
    return frames;
  }

  private ExpertFrames(Device device, int capacity, long expertBytes, int framesPerChunk) {
    if (capacity < 0 || expertBytes < 1) {
      throw new IllegalArgumentException(
          "frames need a capacity of at least 0 and a size of at least 1 byte, got %d of %d bytes"
              .formatted(capacity, expertBytes));
    }
    this.device = device;
    this.capacity = capacity;
    this.expertBytes = expertBytes;
    this.lastUse = new @Nullable Event[capacity];
    this.framesPerChunk = framesPerChunk;
  }

  /// Device memory that frames take.
  public static long sizeBytes(int capacity, long expertBytes) {
    return Math.multiplyExact(capacity, frameBytes(expertBytes));
  }

  /// Number of frames.
  public int capacity() {
    return capacity;
  }

  /// Frames that hold no expert.
  public int numFree() {
    return capacity - used.cardinality();
  }

  /// Takes the free frame with the lowest index. Copies queued from now on wait for the compute
  /// lane's work on its earlier expert.
  ///
  /// @throws IllegalStateException if all are taken
  public int allocate() {
    int frame = used.nextClearBit(0);
    if (frame >= capacity) {
      throw new IllegalStateException(
          "all %d frames are taken: free one before allocating another".formatted(capacity));
    }
    used.set(frame);
    Event earlier = lastUse[frame];
    if (earlier != null) {
      device.copy().waitFor(earlier);
      lastUse[frame] = null;
    }
    return frame;
  }

  /// Gives a frame back; work on it that was submitted to the compute lane before stays sound.
  public void free(int frame) {
    requireTaken(frame);
    lastUse[frame] = device.compute().record();
    used.clear(frame);
  }

  /// The bytes of a taken frame, as many as an expert has.
  public MemoryView view(int frame) {
    requireTaken(frame);
    MemoryView chunk = chunks.get(frame / framesPerChunk);
    return chunk.slice(frame % framesPerChunk * frameBytes(expertBytes), expertBytes);
  }

  /// Frees all frames; a second call does nothing.
  @Override
  public void close() {
    used.clear();
    chunks.clear();
    owned.reversed().forEach(DeviceMemory.Allocation::close);
    owned.clear();
  }

  /// From the beginning of one frame to the next.
  public static long frameBytes(long expertBytes) {
    return DeviceMemory.aligned(expertBytes);
  }

  private void requireTaken(int frame) {
    if (frame < 0 || frame >= capacity || !used.get(frame)) {
      throw new IllegalStateException(
          "frame must be a taken one in [0, %d), got %d".formatted(capacity, frame));
    }
  }
}
