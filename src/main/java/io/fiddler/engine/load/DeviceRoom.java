package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.SlotRing;
import io.fiddler.engine.load.device.CacheNeeds;
import io.fiddler.engine.load.device.MemoryNeeds;
import io.fiddler.engine.load.device.Resources;
import io.fiddler.engine.residency.FrameLoans;
import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.engine.step.DeviceModel;
import io.fiddler.engine.step.KvLayout;
import io.fiddler.engine.step.KvStorage;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.engine.step.StreamShape;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import org.jspecify.annotations.Nullable;

/// What lies in the device's memory.
///
/// @param dense the weights that are no expert's
/// @param cache keys and values
/// @param loans what of the frames may be lent to it
/// @param buffers activations
/// @param slots that slices are streamed through
/// @param slicesPerSlot slices that a slot holds
/// @param resident frames for experts, none of them filled yet
record DeviceRoom(
    DeviceModel dense,
    KvStorage cache,
    FrameLoans.Terms loans,
    StepBuffers buffers,
    SlotRing slots,
    int slicesPerSlot,
    ResidentExperts resident) {

  /// Allocates all of it and brings the dense weights.
  ///
  /// @param capacity experts to have frames for
  /// @param hostRows where the host's activations must lie; null for anywhere
  /// @param resources gets what is allocated
  static DeviceRoom allocate(
      Device device,
      HostedModel model,
      MemoryNeeds needs,
      int capacity,
      @Nullable MemoryView hostRows,
      Resources resources) {
    ExpertFormat format = model.format();
    DeviceModel dense = resources.own(DeviceModel.load(model.weights(), device));
    CacheNeeds cacheNeeds = needs.cache();
    long expertBytes = format.expertSizeBytes();
    FrameLoans.Terms loans = cacheNeeds.terms(capacity, expertBytes);
    KvLayout open = cacheNeeds.open();
    KvStorage cache;
    ExpertFrames frames;
    if (open != null && loans.maxFrames() > 0) {
      cache =
          resources.own(
              KvStorage.allocate(
                  model.config(), open, cacheNeeds.type(), device, capacity, expertBytes));
      frames = resources.own(ExpertFrames.in(cache.frames(), device, capacity, expertBytes));
    } else {
      cache =
          resources.own(
              KvStorage.allocate(model.config(), cacheNeeds.blocks(), cacheNeeds.type(), device));
      frames = resources.own(new ExpertFrames(device, capacity, expertBytes));
    }
    StepBuffers buffers =
        resources.own(
            hostRows == null
                ? new StepBuffers(needs.buffers(), device)
                : new StepBuffers(needs.buffers(), device, hostRows));
    StreamShape stream = needs.stream();
    SlotRing slots =
        resources.own(new SlotRing(device, stream.numSlots(), stream.slotBytes(format)));
    ResidentExperts resident = new ResidentExperts(model.weights(), device, frames, model.grid());
    return new DeviceRoom(dense, cache, loans, buffers, slots, stream.slicesPerSlot(), resident);
  }
}
