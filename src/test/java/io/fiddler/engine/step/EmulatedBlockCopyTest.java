package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.emulated.EmulatedDevice;

final class EmulatedBlockCopyTest extends BlockCopyContract {
  @Override
  Device open() {
    return new EmulatedDevice(64L << 20);
  }
}
