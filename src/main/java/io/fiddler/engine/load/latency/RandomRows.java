package io.fiddler.engine.load.latency;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.fiddler.device.Device;
import io.fiddler.engine.step.StepBuffers;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Random rows as the experts' input: a device's memory is zeroed at first, and zeros may be
/// multiplied faster than numbers are.
public final class RandomRows {
  private static final long SEED = 20_402;

  private RandomRows() {}

  /// Fills the experts' input, on the host and on the device, with numbers in [-1, 1).
  public static void fill(StepBuffers buffers, Device device) {
    MemorySegment host = buffers.hostNormed().memory().segment(MemoryKind.HOST);
    SplittableRandom random = new SplittableRandom(SEED);
    long count = host.byteSize() / Float.BYTES;
    for (long i = 0; i < count; i++) {
      host.setAtIndex(JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
    }
    if (device.memoryKind() == MemoryKind.DEVICE) {
      device.copy().copy(buffers.hostNormed().memory(), buffers.normed().memory());
      device.copy().record().await();
    }
  }
}
