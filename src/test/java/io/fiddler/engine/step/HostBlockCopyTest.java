package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.host.HostDevice;

final class HostBlockCopyTest extends BlockCopyContract {
  @Override
  Device open() {
    return new HostDevice();
  }
}
