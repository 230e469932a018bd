package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.cuda.CudaHost;
import io.fiddler.device.DeviceMemoryException;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.model.ModelLoadException;
import io.fiddler.tensor.HostMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Loading, its failures, and what is left allocated after it.
class EngineLoadTest {
  private static EngineOptions emulated(long memoryBytes, int experts) {
    return new EngineOptions(
        "tiny-moe",
        Path.of("target", "engine-tests"),
        new DeviceOptions(Kind.EMULATED, memoryBytes, experts),
        new HostOptions(1, Kernels.FLOAT32),
        new Limits(8, 4, 32, 1024),
        DispatchMode.AUTO);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"NONE", "EMULATED"})
  void close_givesEverythingBack(Kind kind) {
    int before = HostMemory.liveAllocations();
    Engine engine =
        Engines.load(
            Engines.options("tiny-moe", kind, kind == Kind.NONE ? -1 : 12, DispatchMode.AUTO));
    CollectingListener listener = new CollectingListener();
    engine.submit(Engines.greedy(new int[] {1, 2, 3}, 4), listener);
    listener.awaitReport();
    engine.close();
    assertThat(HostMemory.liveAllocations()).isEqualTo(before);
  }

  @Test
  void status_reportsProgress_untilReady() {
    List<EngineStatus> seen = new ArrayList<>();
    EngineListener listener =
        new EngineListener() {
          @Override
          public synchronized void onStatus(EngineStatus status) {
            seen.add(status);
          }
        };
    try (Engine engine =
        Engines.load(Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO), listener)) {
      assertThat(engine.status().state()).isEqualTo(EngineState.READY);
    }
    assertThat(seen.getFirst().state()).isEqualTo(EngineState.LOADING);
    assertThat(seen).extracting(EngineStatus::phase).contains("reading weights");
    assertThat(seen).allSatisfy(status -> assertThat(status.progress()).isBetween(0.0, 1.0));
    assertThat(seen.get(seen.size() - 2).state()).isEqualTo(EngineState.READY);
    assertThat(seen.getLast().state()).isEqualTo(EngineState.CLOSED);
  }

  @Test
  void load_failsWithASentence_andLeavesNothing_whenTheModelIsMissing() {
    int before = HostMemory.liveAllocations();
    Engine engine =
        new FiddlerEngine(
            Engines.options("/no/such/model", Kind.NONE, -1, DispatchMode.AUTO),
            Engines::evenSpread,
            new EngineListener() {});
    assertThatThrownBy(engine::load)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("/no/such/model");
    assertThat(engine.status().state()).isEqualTo(EngineState.FAILED);
    assertThat(engine.status().phase()).startsWith("the model could not be loaded: ");
    assertThat(HostMemory.liveAllocations()).isEqualTo(before);
    engine.close();
  }

  @Test
  void load_failsWithASentence_andLeavesNothing_whenTheDeviceIsTooSmall() {
    int before = HostMemory.liveAllocations();
    Engine engine =
        new FiddlerEngine(emulated(1 << 20, -1), Engines::evenSpread, new EngineListener() {});
    assertThatThrownBy(engine::load)
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessageContaining("raise fiddler.device.memory");
    assertThat(HostMemory.liveAllocations()).isEqualTo(before);
    engine.close();
  }

  @ParameterizedTest
  @CsvSource({
    "CUDA, -1, fiddler.device.kind=cuda cannot be had: there is no NVIDIA driver",
    "EMULATED, 49, 'fiddler.device.experts must be -1 or in [0, 48], got 49'"
  })
  void load_failsWithASentence_andLeavesNothing_whenTheDeviceCannotBeHad(
      Kind kind, int experts, String sentence) {
    if (kind == Kind.CUDA) {
      CudaHost.assumeNoDriver();
    }
    int before = HostMemory.liveAllocations();
    Engine engine =
        new FiddlerEngine(
            Engines.options("tiny-moe", kind, experts, DispatchMode.AUTO),
            Engines::evenSpread,
            new EngineListener() {});
    assertThatThrownBy(engine::load)
        .isInstanceOf(DeviceOptionsException.class)
        .hasMessageContaining(sentence);
    assertThat(HostMemory.liveAllocations()).isEqualTo(before);
    engine.close();
  }

  @Test
  void memory_decidesHowManyExpertsFit() {
    try (Engine all = Engines.load(emulated(64 << 20, -1));
        Engine some = Engines.load(emulated(14 << 20, -1))) {
      assertThat(all.device().expertCapacity()).isEqualTo(48);
      assertThat(some.device().expertCapacity()).isBetween(1, 47);
      assertThat(some.device().usedBytes()).isLessThanOrEqualTo(14 << 20);
      assertThat(some.residency().size()).isEqualTo(some.device().expertCapacity());
    }
  }

  @Test
  void latencyModel_isMeasuredOnce() throws Exception {
    Path home = Path.of("target", "engine-tests-latency-" + System.nanoTime());
    EngineOptions options = emulated(0, 12);
    EngineOptions fresh =
        new EngineOptions(
            options.modelPath(),
            home,
            options.device(),
            options.host(),
            options.limits(),
            options.dispatch());
    Engines.load(fresh).close();
    Path file;
    try (var files = java.nio.file.Files.list(home.resolve("latency"))) {
      file = files.toList().getFirst();
    }
    Object written = java.nio.file.Files.getLastModifiedTime(file);
    Engines.load(fresh).close();
    assertThat(java.nio.file.Files.getLastModifiedTime(file)).isEqualTo(written);
  }
}
