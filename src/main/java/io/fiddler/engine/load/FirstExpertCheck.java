package io.fiddler.engine.load;

import io.fiddler.device.Device;
import io.fiddler.engine.load.device.DeviceSide;
import io.fiddler.engine.load.latency.RandomRows;
import io.fiddler.engine.step.ExpertLanes;
import io.fiddler.engine.step.LaneProbe;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Way;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.cpu.ReferenceExpert;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.tensor.MemoryKind;
import java.util.EnumSet;
import java.util.Set;

/// Checks the lanes of an engine that is being loaded with the model's first expert.
final class FirstExpertCheck {
  /// More than one, so that rows that are mixed up show.
  private static final int ROWS = 3;

  private FirstExpertCheck() {}

  /// Which ways of computing an expert must not be used.
  ///
  /// @throws DeviceLaneException if the device is wrong and the host is not
  /// @throws io.fiddler.device.DeviceOptionsException if nothing is right
  static Set<Way> waysOff(
      DeviceSide side, HostedModel model, Segments onDevice, DeviceRoom room, ExpertLanes lanes) {
    Device device = side.device();
    StepBuffers buffers = room.buffers();
    RandomRows.fill(buffers, device);
    LaneProbe probe =
        new LaneProbe(model.weights(), device, onDevice, buffers, lanes, room.resident());
    MixtureOfExpertsWeights layer = model.weights().layers().getFirst().experts();
    int rows = Math.min(ROWS, buffers.shape().maxRows());
    return new LaneSelfCheck(
            probe,
            new ExpertId(0, 0),
            new ReferenceExpert(layer.format(), layer.experts().getFirst()),
            buffers.hostNormed().rows(0, rows),
            LaneTolerance.of(layer.format(), side.roundsActivations()))
        .run(ways(device, layer.format().numSlices(), room.resident().capacity()));
  }

  private static Set<Way> ways(Device device, int numSlices, int capacity) {
    Set<Way> ways = EnumSet.of(Way.HOST);
    if (device.memoryKind() == MemoryKind.DEVICE) {
      ways.add(Way.STREAMED);
      if (numSlices > 1) {
        ways.add(Way.SPLIT);
      }
      if (capacity > 0) {
        ways.add(Way.RESIDENT);
      }
    }
    return ways;
  }
}
