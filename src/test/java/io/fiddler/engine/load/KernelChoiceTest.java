package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.device.Device;
import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.device.host.HostDevice;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.engine.load.device.DeviceSide;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.TilesSource;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.MemoryKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class KernelChoiceTest {
  @Test
  void auto_roundsNothing_whereTheCpuIsTheDevice() {
    try (Device none = new HostDevice();
        Device emulated = new EmulatedDevice(1 << 20)) {
      assertThat(chosen(Kernels.AUTO, none)).isEqualTo(CpuKernelSet.float32().name());
      assertThat(chosen(Kernels.AUTO, emulated)).isEqualTo(CpuKernelSet.float32().name());
    }
  }

  @Test
  void fastestAndFloat32_areTakenWhateverTheDevice() {
    try (Device none = new HostDevice()) {
      assertThat(chosen(Kernels.FASTEST, none)).isEqualTo(CpuKernelSet.fastest().name());
      assertThat(chosen(Kernels.FLOAT32, none)).isEqualTo(CpuKernelSet.float32().name());
    }
  }

  @Test
  @Tag("gpu")
  void auto_isTheFastest_besideAGpu() {
    try (Device gpu = CudaDevice.open(0, 2L << 30)) {
      assertThat(chosen(Kernels.AUTO, gpu)).isEqualTo(CpuKernelSet.fastest().name());
      assertThat(chosen(Kernels.FLOAT32, gpu)).isEqualTo(CpuKernelSet.float32().name());
    }
  }

  /// The kernels are chosen anew, and the experts laid out for them, when the CPU stands in for a
  /// device whose lanes are wrong.
  @Test
  void expertsAreLaidOutForTheDeviceInUse_whenTheFirstOneIsGivenUp() {
    CpuKernelSet tiles = CpuKernelSet.withTilesOf(TilesSource.emulatedLibrary());
    try (LoadedEngine engine =
        new EngineLoader(
                Engines.options("tiny-moe", Kind.AUTO, 12, DispatchMode.AUTO),
                Engines::evenSpread,
                new EngineListener() {},
                (phase, done) -> {},
                side ->
                    side.device().memoryKind() == MemoryKind.HOST ? CpuKernelSet.float32() : tiles,
                _ ->
                    new DeviceSelection(
                        new CorruptingDevice(bytes -> bytes > 4096), "the test asks for it"))
            .load()) {
      assertThat(engine.selection().device().info().kind()).isEqualTo("none");
      assertThat(engine.kernels()).isEqualTo(CpuKernelSet.float32().name());
      assertThat(engine.parts().weights().layers())
          .allSatisfy(
              layer -> assertThat(layer.experts().format().tiling()).isEqualTo(Tiling.ROW_MAJOR));
    }
  }

  private static String chosen(Kernels wanted, Device device) {
    return KernelChoice.of(wanted).beside(DeviceSide.of(device, false)).name();
  }
}
