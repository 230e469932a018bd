package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.device.DeviceOptionsException;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.ExpertLoad;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.load.device.DeviceSelection;
import io.fiddler.expert.Way;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.WrongKernels;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.HostMemory;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Engines of which a lane is really wrong.
class LaneSelfCheckTest {
  private static final Set<Way> ALL = EnumSet.allOf(Way.class);

  @Test
  void everythingIsSwitchedOn_whenLanesAreRight() {
    try (LoadedEngine engine = load(Kind.EMULATED, 12, DispatchMode.STREAM, bytes -> false)) {
      assertThat(ways(engine)).containsOnly(Way.STREAMED);
    }
  }

  @ParameterizedTest
  @EnumSource(value = DispatchMode.class)
  void expertsAreComputedOnTheHost_whenStreamedSlicesAreSpoilt(DispatchMode dispatch) {
    long slice = sizeOf(Part.SLICE);
    long expert = sizeOf(Part.EXPERT);
    try (LoadedEngine engine =
        load(Kind.EMULATED, 12, dispatch, bytes -> bytes < expert && bytes % slice == 0)) {
      assertThat(ways(engine)).containsOnly(Way.HOST);
      assertThat(engine.selection().device().info().kind()).isEqualTo("emulated");
      assertThat(engine.resident().residency().size()).isEqualTo(12);
    }
  }

  @Test
  void everythingIsComputedOnTheCpu_whenTheDeviceOfAutoIsWrong() {
    try (LoadedEngine engine = load(Kind.AUTO, 12, DispatchMode.AUTO, bytes -> bytes > 4096)) {
      assertThat(engine.selection().device().info().kind()).isEqualTo("none");
      assertThat(engine.selection().reason())
          .startsWith(
              "everything is computed on the CPU: the device does not compute an expert correctly:"
                  + " the device with a resident expert computes expert 0 of layer 0 with a"
                  + " relative error of");
    }
  }

  @Test
  void engineIsRefused_andLeavesNothing_whenTheDeviceAskedForIsWrong() {
    int before = HostMemory.liveAllocations();
    assertThatThrownBy(() -> load(Kind.EMULATED, 12, DispatchMode.AUTO, bytes -> bytes > 4096))
        .isInstanceOf(DeviceOptionsException.class)
        .hasMessageStartingWith("the device does not compute an expert correctly: ")
        .hasMessageEndingWith("(fiddler.device.kind=emulated)");
    assertThat(HostMemory.liveAllocations()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"NONE", "EMULATED"})
  void engineIsRefused_whenTheKernelsAreWrong(Kind kind) {
    EngineOptions options = Engines.options("tiny-moe", kind, 12, DispatchMode.AUTO);
    assertThatThrownBy(() ->
            new EngineLoader(
                    options,
                    Engines::evenSpread,
                    new EngineListener() {},
                    (phase, done) -> {},
                    _ -> WrongKernels.withoutSwiGlu(),
                    DeviceSelection::open)
                .load())
        .isInstanceOf(DeviceOptionsException.class)
        .hasMessageStartingWith("no lane computes an expert correctly on this machine: ")
        .hasMessageContaining("the host computes expert 0 of layer 0 with a relative error of");
  }

  @Test
  void verdict_leavesOnlyTheDevice_whenTheHostIsWrong() {
    assertThat(LaneSelfCheck.verdict(ALL, Map.of(Way.HOST, "wrong", Way.SPLIT, "wrong")))
        .containsExactlyInAnyOrder(Way.HOST, Way.SPLIT);
    assertThatThrownBy(
            () -> LaneSelfCheck.verdict(ALL, Map.of(Way.HOST, "no", Way.STREAMED, "neither")))
        .isInstanceOf(DeviceOptionsException.class)
        .hasMessageContaining("no")
        .hasMessageContaining("neither");
  }

  @Test
  void verdict_leavesWholeExperts_whenOnlySplitsAreWrong() {
    assertThat(LaneSelfCheck.verdict(ALL, Map.of(Way.SPLIT, "wrong"))).containsExactly(Way.SPLIT);
  }

  private enum Part {
    SLICE,
    EXPERT
  }

  private static long sizeOf(Part part) {
    try (LoadedEngine engine = load(Kind.NONE, -1, DispatchMode.AUTO, bytes -> false)) {
      long expert = engine.model().expertSizeBytes();
      return part == Part.EXPERT ? expert : expert / numSlices(engine);
    }
  }

  private static int numSlices(LoadedEngine engine) {
    ModelConfig config = engine.model().config();
    MixtureOfExperts moe = (MixtureOfExperts) config.layers().getFirst().mlp();
    return ExpertFormat.of(ElementType.BF16, config.hiddenSize(), moe.moeIntermediateSize())
        .numSlices();
  }

  private static Set<Way> ways(LoadedEngine engine) {
    EnumSet<Way> ways = EnumSet.noneOf(Way.class);
    for (int rows : new int[] {1, 2, 40}) {
      List<ExpertLoad> loads =
          List.of(new ExpertLoad(0, rows, false), new ExpertLoad(1, 2 * rows, false));
      for (ExpertDecision decision : engine.latency().plan(loads, numSlices(engine))) {
        ways.add(decision.way());
      }
    }
    return ways;
  }

  private static LoadedEngine load(
      Kind kind, int experts, DispatchMode dispatch, LongPredicate spoilt) {
    return new EngineLoader(
            Engines.options("tiny-moe", kind, experts, dispatch),
            Engines::evenSpread,
            new EngineListener() {},
            (phase, done) -> {},
            _ -> CpuKernelSet.float32(),
            options ->
                kind == Kind.NONE
                    ? DeviceSelection.open(options)
                    : new DeviceSelection(new CorruptingDevice(spoilt), "the test asks for it"))
        .load();
  }
}
