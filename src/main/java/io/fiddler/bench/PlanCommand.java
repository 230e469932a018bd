package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.plan.DecodeForecast;
import io.fiddler.bench.plan.PlanRates;
import io.fiddler.bench.plan.PlanText;
import io.fiddler.bench.plan.PlannedModel;
import io.fiddler.bench.plan.RateSearch;
import io.fiddler.engine.load.device.MemoryForecast;
import java.nio.file.Path;

/// `fiddler plan`: what a model would take and how fast it would be, from its configuration alone.
final class PlanCommand implements Command {
  @Override
  public String usage() {
    return PlanOptions.USAGE;
  }

  @Override
  public void run(CommandLine line, Path home, Console console) {
    PlanOptions options = PlanOptions.of(line);
    PlannedModel model = PlannedModel.of(options.model(), home);
    MemoryForecast memory =
        MemoryForecast.onGpu(
            model.sizes(),
            options.limits(),
            options.deviceMemoryBytes() - options.reservedBytes(),
            options.experts());
    PlanText text = new PlanText(console.out());
    text.memory(model, memory, options.deviceMemoryBytes(), options.reservedBytes());
    PlanRates rates =
        new RateSearch(home, options.threads(), options.probes()).find(model, options.given());
    text.decode(rates, DecodeForecast.of(model.sizes(), memory.plan().experts(), rates));
  }
}
