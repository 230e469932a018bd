package io.fiddler.bench.plan;

import com.google.errorprone.annotations.FormatMethod;
import io.fiddler.bench.plan.PlanRates.Rate;
import io.fiddler.device.ExpertFrames;
import io.fiddler.device.MemoryPlan;
import io.fiddler.device.MemoryPlan.Demand;
import io.fiddler.device.SlotRing;
import io.fiddler.engine.load.device.MemoryForecast;
import io.fiddler.model.load.WeightSizes;
import io.fiddler.tensor.ByteSize;
import io.fiddler.tensor.MachineMemory;
import java.io.PrintStream;
import java.util.Locale;

/// A plan for people.
public final class PlanText {
  private static final double GIGA = 1e9;

  private final PrintStream out;

  public PlanText(PrintStream out) {
    this.out = out;
  }

  /// How the device's memory is divided.
  public void memory(
      PlannedModel model, MemoryForecast forecast, long deviceBytes, long reservedBytes) {
    WeightSizes sizes = model.sizes();
    MemoryPlan plan = forecast.plan();
    Demand demand = plan.demand();
    long weights = demand.denseBytes() + demand.numExperts() * demand.expertBytes();
    line(
        "%s: %d layers, %d experts of %s in %s, %d a token; %s of weights in host memory",
        model.name(),
        sizes.config().numLayers(),
        demand.numExperts(),
        ByteSize.describe(demand.expertBytes()),
        sizes.type(),
        sizes.expertsPerToken(),
        ByteSize.describe(weights));
    if (weights > MachineMemory.sizeBytes()) {
      line(
          "this machine has %s of memory and cannot load it",
          ByteSize.describe(MachineMemory.sizeBytes()));
    }
    line("device memory of %s:", ByteSize.describe(deviceBytes));
    part("reserved for context, kernels, workspaces", reservedBytes);
    part("dense weights", demand.denseBytes());
    part("key/value cache, %d tokens".formatted(forecast.kvCacheTokens()), demand.kvCacheBytes());
    part("scratch", demand.scratchBytes());
    part(
        "%d slots for slices".formatted(demand.numSlots()),
        SlotRing.sizeBytes(demand.numSlots(), demand.slotBytes()));
    part(
        "%d of %d experts".formatted(plan.experts(), demand.numExperts()),
        ExpertFrames.sizeBytes(plan.experts(), demand.expertBytes()));
    part("free", plan.freeBytes());
    if (forecast.loans().maxFrames() > 0) {
      line(
          "sequences may borrow the room of %d experts, %d tokens of cache in all",
          forecast.loans().maxFrames(), forecast.mostKvCacheTokens());
    }
  }

  private void part(String name, long bytes) {
    line("  %-42s %10s", name, ByteSize.describe(bytes));
  }

  /// How fast one request would decode.
  public void decode(PlanRates rates, DecodeForecast forecast) {
    line("expected hit rate, if all experts are as popular: %.3f", forecast.hitRate());
    line(
        "a token needs %.2f GB of experts from host memory and %.2f GB from the device's",
        forecast.missedBytes() / GIGA, forecast.deviceBytes() / GIGA);
    rate("CPU", rates.host());
    rate("copies to the device", rates.copy());
    rate("device memory", rates.device());
    line(
        "decoding for one request: up to %.2f tokens/s (%.1f ms a token)",
        forecast.tokensPerSecond(), forecast.limit().seconds() * 1e3);
    if (rates.copy().bytesPerSecond() == 0 || rates.device().bytesPerSecond() == 0) {
      line("  what is not known is left out: a rate adds nothing, the device's work takes no time");
    }
  }

  private void rate(String name, Rate rate) {
    if (rate.bytesPerSecond() > 0) {
      line("  %-22s %8.1f GB/s  (%s)", name, rate.bytesPerSecond() / GIGA, rate.source());
    } else {
      line("  %-22s %8s       (not known)", name, "-");
    }
  }

  @FormatMethod
  private void line(String format, Object... args) {
    out.println(String.format(Locale.ROOT, format, args).stripTrailing());
  }
}
