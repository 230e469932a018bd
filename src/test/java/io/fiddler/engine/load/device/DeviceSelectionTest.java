package io.fiddler.engine.load.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.cuda.CudaHost;
import io.fiddler.cuda.CudaUnavailableException;
import io.fiddler.device.Device;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class DeviceSelectionTest {
  @Test
  void auto_takesTheCpuAndSaysWhy_whenThereIsNoGpu() {
    CudaHost.assumeNoDriver();
    DeviceSelection selection = DeviceSelection.open(new DeviceOptions(Kind.AUTO, 0, -1));
    try (Device device = selection.device()) {
      assertThat(device.info().kind()).isEqualTo("none");
      assertThat(selection.reason())
          .isEqualTo(
              "everything is computed on the CPU: there is no NVIDIA driver (libcuda.so.1 cannot be"
                  + " loaded); install driver 580 or newer (fiddler.device.kind=auto)");
    }
  }

  @Test
  void cuda_isRefusedWithTheReason_whenThereIsNoGpu() {
    CudaHost.assumeNoDriver();
    assertThatThrownBy(() -> DeviceSelection.open(new DeviceOptions(Kind.CUDA, 0, -1)))
        .isInstanceOf(DeviceOptionsException.class)
        .hasMessageStartingWith("fiddler.device.kind=cuda cannot be had: there is no NVIDIA driver")
        .hasCauseInstanceOf(CudaUnavailableException.class);
  }

  @Test
  @Tag("gpu")
  void auto_takesTheGpu_whenThereIsOne() {
    DeviceSelection selection = DeviceSelection.open(new DeviceOptions(Kind.AUTO, 2L << 30, -1));
    try (Device device = selection.device()) {
      assertThat(device.info().kind()).isEqualTo("cuda");
      assertThat(device.info().memoryBytes()).isEqualTo(2L << 30);
    }
  }
}
