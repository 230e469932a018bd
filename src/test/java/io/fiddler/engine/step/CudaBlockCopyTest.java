package io.fiddler.engine.step;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.device.Device;
import org.junit.jupiter.api.Tag;

@Tag("gpu")
final class CudaBlockCopyTest extends BlockCopyContract {
  @Override
  Device open() {
    return CudaDevice.open(0, 2L << 30);
  }
}
