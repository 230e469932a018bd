package io.fiddler.config;

import io.fiddler.engine.DeviceSummary;
import io.fiddler.engine.Engine;
import io.fiddler.usage.StoreMonitor;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in one line, once requests are taken, what serves what and where.
record StartupSummary(Engine engine, LoadedModel model, StoreMonitor store, Addresses addresses) {
  private static final Logger LOG = LoggerFactory.getLogger(StartupSummary.class);

  void log() {
    DeviceSummary device = engine.device();
    LOG.info(
        "Fiddler serves {} at {} after {} s; device {}: {}; CPU kernels {}; {} of {} experts resident; database {}{}",
        model.name(),
        addresses.http(),
        String.format(
            Locale.ROOT, "%.1f", ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0),
        device.info().kind(),
        device.reason(),
        device.cpuKernels(),
        engine.residency().size(),
        engine.model().grid().size(),
        addresses.database(),
        store.status().available() ? "" : " (does not answer)");
  }
}
