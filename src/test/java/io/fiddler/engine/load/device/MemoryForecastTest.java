package io.fiddler.engine.load.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.device.MemoryPlan;
import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.load.Engines;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.model.load.WeightSizes;
import io.fiddler.tensor.ElementType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MemoryForecastTest {
  private static final long BUDGET = 5 << 20;
  private static final Limits LIMITS = new Limits(4, 4, 64, 512);

  @Test
  void forecast_isWhatTheEngineDoes(@TempDir Path home) {
    EngineOptions options =
        new EngineOptions(
            "synthetic:tiny",
            home,
            new DeviceOptions(Kind.EMULATED, BUDGET, -1),
            new HostOptions(2, Kernels.FLOAT32),
            LIMITS,
            DispatchMode.HOST);
    try (Engine engine = new FiddlerEngine(options, Engines::evenSpread, new EngineListener() {})) {
      engine.load();
      DeviceSummary device = engine.device();
      MemoryForecast forecast =
          MemoryForecast.emulated(
              new WeightSizes(engine.model().config(), ElementType.BF16), LIMITS, BUDGET, -1);
      MemoryPlan plan = forecast.plan();
      assertThat(plan.experts()).isEqualTo(device.expertCapacity()).isBetween(1, 31);
      assertThat(plan.usedBytes()).isEqualTo(device.usedBytes());
      assertThat(forecast.kvCacheTokens()).isEqualTo(512);
      assertThat(device.cache())
          .isEqualTo(
              new DeviceSummary.Cache(
                  512, forecast.mostKvCacheTokens(), 0, forecast.loans().maxFrames()));
    }
  }
}
