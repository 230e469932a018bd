package io.fiddler.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the device does where there is no GPU, or none that it can use, and that it gives
/// everything back: with a driver that only plays one, in JVMs of their own.
final class CudaWithoutGpuTest {
  @TempDir private static Path folder;
  private static Path driver = Path.of("");
  private static Path cublas = Path.of("");

  @BeforeAll
  static void compileTheStubs() {
    driver = StubDriver.driver(folder);
    cublas = StubDriver.cublas(folder);
  }

  private static List<String> run(Map<String, String> settings, String... scenario) {
    Map<String, String> environment = new HashMap<>(settings);
    environment.putIfAbsent("LD_LIBRARY_PATH", driver + ":" + cublas);
    return ScenarioJvm.run(environment, scenario);
  }

  private static void assertUnavailable(Map<String, String> settings, String sentence) {
    assertThat(run(settings, "open", "0", "0")).hasSize(2).containsOnly("unavailable: " + sentence);
  }

  @Test
  void open_saysThereIsNoDriver_whenNoneIsInstalled() {
    CudaHost.assumeNoDriver();
    assertUnavailable(
        Map.of("LD_LIBRARY_PATH", ""),
        "there is no NVIDIA driver (libcuda.so.1 cannot be loaded); install driver 580 or newer");
  }

  @Test
  void open_saysThereIsNoGpu_whenTheDriverSeesNone() {
    assertUnavailable(
        Map.of("STUB_DEVICES", "0"),
        "the NVIDIA driver sees no GPU; nvidia-smi lists them, CUDA_VISIBLE_DEVICES may hide them");
  }

  @Test
  void open_saysWhichDriverItNeeds_whenTheDriverIsOld() {
    assertUnavailable(
        Map.of("STUB_DRIVER", "12060"),
        "the NVIDIA driver is too old: the kernels need one for CUDA 13.0 (580 or newer), got one"
            + " for CUDA 12.6");
  }

  @Test
  void open_saysWhichGpuItNeeds_whenTheGpuIsOld() {
    assertUnavailable(
        Map.of("STUB_CAPABILITY", "75"),
        "Stub GPU 0 is too old: the kernels need compute capability 8.0 (Ampere or newer), got 7.5");
  }

  @Test
  void open_saysWhereToGetCublas_whenItIsMissing() {
    CudaHost.assumeNoCublas();
    assertUnavailable(
        Map.of("LD_LIBRARY_PATH", driver.toString()),
        "cuBLAS is missing (libcublas.so.12 cannot be loaded); install the CUDA 12 runtime libraries,"
            + " or where there is only CUDA 13 build kernels/compat and put it on LD_LIBRARY_PATH");
  }

  @Test
  void open_namesTheSetting_whenThereAreFewerGpus() {
    assertThat(run(Map.of("STUB_DEVICES", "2"), "open", "2", "0"))
        .containsOnly("unavailable: fiddler.device.ordinal must be in [0, 1], got 2");
    assertThat(run(Map.of("STUB_DEVICES", "2"), "open", "1", "0"))
        .allMatch(line -> line.startsWith("opened DeviceInfo[kind=cuda, name=Stub GPU 1,"));
  }

  @Test
  void open_countsWhatCudaTakesItself_againstTheMemoryThatIsAllowed() {
    long mib = 1 << 20;
    long allowed = 2048 * mib;
    // The stub's context takes 500 MiB, cuBLAS's workspace 32.
    long budget = allowed - (500 + 32) * mib - CardBudget.RESERVE_BYTES;
    assertThat(run(Map.of(), "open", "0", Long.toString(allowed)))
        .containsOnly(
            "opened DeviceInfo[kind=cuda, name=Stub GPU 0, memoryBytes=%d], budget %d"
                .formatted(allowed, budget));
    assertThat(run(Map.of(), "open", "0", Long.toString(100 * mib)))
        .containsOnly(
            "unavailable: fiddler.device.memory must be more than the 788.0 MiB that CUDA takes on"
                + " Stub GPU 0 before any model, got 100.0 MiB");
  }

  @Test
  void open_saysHowMuchIsFree_whenThatIsTooLittle() {
    assertUnavailable(
        Map.of("STUB_MEMORY", "1024"),
        "only 492.0 MiB of the 1.0 GiB of Stub GPU 0 are free; end what else uses the card");
  }

  @Test
  void refusals_nameTheirPurpose_andLeaveNothingOpen() {
    assertThat(run(Map.of("STUB_OTHERS", "3000", "STUB_REGISTER", "1"), "no room"))
        .containsExactly(
            "device memory for weights needs 1.0 GiB, which fiddler.device.memory allows, but only"
                + " 3.5 GiB of the card are free: another process uses it, too",
            "page-locking 3.0 GiB of host memory failed after 2.0 GiB: CUDA_ERROR_OUT_OF_MEMORY; the"
                + " limits of locked memory (ulimit -l) and of the container count",
            "open: LiveCounts[allocations=0, graphs=0, pinned=0, registrations=0, modules=0,"
                + " events=0]");
  }

  @Test
  void device_givesEverythingBack_whoeverClosesIt() {
    String open =
        "open: LiveCounts[allocations=1, graphs=1, pinned=1, registrations=1, modules=1, events=2]";
    List<String> life =
        List.of(
            open,
            "after its owners: LiveCounts[allocations=0, graphs=0, pinned=0, registrations=0,"
                + " modules=1, events=2]",
            open,
            "after the device: LiveCounts[allocations=0, graphs=0, pinned=0, registrations=0,"
                + " modules=0, events=0]",
            "in the driver: 0");
    assertThat(run(Map.of(), "life"))
        .hasSize(10)
        .startsWith(life.toArray(String[]::new))
        .endsWith(life.toArray(String[]::new));
  }

  @Test
  void fault_isASentence_andTheDeviceStillCloses() {
    assertThat(run(Map.of(), "fault"))
        .hasSize(3)
        .contains(
            "synchronize: work on the compute lane failed: CUDA_ERROR_ILLEGAL_ADDRESS (work submitted"
                + " earlier went wrong on the device, and the driver refuses everything until the"
                + " process is started again)")
        .endsWith(
            "after the device: LiveCounts[allocations=0, graphs=0, pinned=0, registrations=0,"
                + " modules=0, events=0]");
  }

  @Test
  void kernels_areRefusedWithTheDriversLog() {
    assertThat(run(Map.of(), "ptx"))
        .containsExactly(
            "the driver refuses broken.ptx: CUDA_ERROR_INVALID_PTX: ptxas fatal : no target",
            "there is no kernel file /kernels/ptx/missing.ptx on the class path",
            "looking for kernel rms_norm_i8 in rms_norm.ptx failed: CUDA_ERROR_NOT_FOUND");
  }
}
