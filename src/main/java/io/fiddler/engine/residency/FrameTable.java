package io.fiddler.engine.residency;

import io.fiddler.device.Device;
import io.fiddler.device.ExpertFrames;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.tensor.MemoryView;
import java.util.concurrent.atomic.AtomicInteger;

/// Who has which frame: a resident expert, an expert on its way, the key/value cache, or nobody.
/// Changes come from the step thread; the table may be read from any thread.
final class FrameTable {
  private final Device device;
  private final ExpertFrames frames;
  private volatile Residency residency;
  private final AtomicInteger lent = new AtomicInteger();

  FrameTable(Device device, ExpertFrames frames, ExpertGrid grid) {
    this.device = device;
    this.frames = frames;
    this.residency = Residency.empty(grid);
  }

  Residency residency() {
    return residency;
  }

  /// Frames in all.
  int capacity() {
    return frames.capacity();
  }

  /// Frames that are lent to the cache.
  int lent() {
    return lent.get();
  }

  /// Frames there are for experts.
  int available() {
    return capacity() - lent.get();
  }

  /// Frames nobody has.
  int free() {
    return frames.numFree();
  }

  MemoryView view(int frame) {
    return frames.view(frame);
  }

  /// Takes a free frame for an expert to be copied into.
  int take() {
    return frames.allocate();
  }

  /// Gives a frame back that no expert came to be resident in.
  void giveUp(int frame) {
    frames.free(frame);
  }

  /// The expert copied into a taken frame is resident from now on.
  void settle(ExpertId id, int frame) {
    residency = residency.with(id, frame);
  }

  /// A resident expert leaves; its frame is free.
  void evict(ExpertId id) {
    int frame = residency.frameOf(id.layer(), id.expert());
    residency = residency.without(id);
    frames.free(frame);
  }

  /// The table follows a placement.
  void follow(long version) {
    residency = residency.following(version);
  }

  /// Lends a free frame, zeroed for what the compute lane is given from now on.
  int lend() {
    int frame = frames.allocate();
    lent.incrementAndGet();
    // Copies to it that were given up may still be under way.
    device.compute().waitFor(device.copy().record());
    device.compute().zero(frames.view(frame));
    return frame;
  }

  /// A lent frame is free again; copies into it wait for what the compute lane did with it.
  void takeBack(int frame) {
    frames.free(frame);
    lent.decrementAndGet();
  }
}
