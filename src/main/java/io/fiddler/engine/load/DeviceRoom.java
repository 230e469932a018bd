package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.SlotRing;
import io.fiddler.engine.load.device.MemoryNeeds;
import io.fiddler.engine.load.device.Resources;
import io.fiddler.engine.step.DeviceModel;
import io.fiddler.engine.step.KvStorage;
import io.fiddler.engine.step.ResidentExperts;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.engine.step.StreamShape;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import org.jspecify.annotations.Nullable;

/// What lies in the device's memory.
///
/// @param dense the weights that are no expert's
/// @param cache keys and values
/// @param kvBlocks blocks of that
/// @param buffers activations
/// @param slots that slices are streamed through
/// @param slicesPerSlot slices that a slot holds
/// @param resident frames for experts, none of them filled yet
record DeviceRoom(
    DeviceModel dense,
    KvStorage cache,
    int kvBlocks,
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
    KvStorage cache =
        resources.own(
            KvStorage.allocate(model.config(), needs.kvBlocks(), needs.cacheType(), device));
    StepBuffers buffers =
        resources.own(
            hostRows == null
                ? new StepBuffers(needs.buffers(), device)
                : new StepBuffers(needs.buffers(), device, hostRows));
    StreamShape stream = needs.stream();
    SlotRing slots =
        resources.own(new SlotRing(device, stream.numSlots(), stream.slotBytes(format)));
    ExpertFrames frames =
        resources.own(new ExpertFrames(device, capacity, format.expertSizeBytes()));
    ResidentExperts resident = new ResidentExperts(model.weights(), device, frames, model.grid());
    return new DeviceRoom(
        dense, cache, needs.kvBlocks(), buffers, slots, stream.slicesPerSlot(), resident);
  }
}
