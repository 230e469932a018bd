package io.fiddler.bench;

import io.fiddler.bench.cli.CommandLine;
import io.fiddler.bench.cli.UsageException;
import io.fiddler.bench.plan.PlanRates;
import io.fiddler.bench.plan.PlanRates.Rate;
import io.fiddler.bench.probe.ProbeOptions;
import io.fiddler.cuda.CudaDevice;
import io.fiddler.engine.EngineOptions.Limits;
import java.util.List;

/// What `plan` plans for.
///
/// @param model see {@link io.fiddler.bench.plan.PlannedModel#of}
/// @param deviceMemoryBytes everything the process may take on the device
/// @param reservedBytes what the device's own software takes of that
/// @param experts resident experts, if fixed; -1 for as many as fit
/// @param limits sizes of batch and cache
/// @param threads threads that compute on the CPU
/// @param given rates that were told, the others 0
/// @param probes how the rest is probed
record PlanOptions(
    String model,
    long deviceMemoryBytes,
    long reservedBytes,
    int experts,
    Limits limits,
    int threads,
    PlanRates given,
    ProbeOptions probes) {
  static final String USAGE =
      """
      usage: fiddler plan MODEL [options]
      Tells how a model would divide a device's memory and how fast it would decode, before its weights
      are there. MODEL is a model directory, or one with a config.json alone, or a config.json, or
      synthetic:mixtral-8x7b.

        --device-memory=24GiB    everything taken on the device
        --device-reserved=SIZE   of that, for context, kernels and workspaces (default: the most that is
                                 known of a GPU)
        --experts=N              resident experts (default: as many as fit)
        --requests=1             sequences at once, for the size of the key/value cache
        --max-step-tokens=512    most rows of a step
        --kv-cache-tokens=N      positions of the key/value cache (default: the engine's)
        --threads=N              threads that compute on the CPU (default: processors less one)
        --cpu-bandwidth=GB/s --copy-bandwidth=GB/s --device-bandwidth=GB/s   in 10^9 bytes a second; by
                                 default what an engine measured here for this model, else a quick probe
        --probe-memory=2GiB --probe-seconds=0.5   memory read to probe the machine, time for each probe
      """;

  private static final long DEFAULT_MEMORY = 24L << 30;

  static PlanOptions of(CommandLine line) {
    List<String> operands = line.operands(1);
    if (operands.isEmpty()) {
      throw new UsageException("plan needs a model directory, a config.json or synthetic:...");
    }
    int requests = line.integer("requests", 1, 1);
    int processors = Runtime.getRuntime().availableProcessors();
    PlanOptions options =
        new PlanOptions(
            operands.getFirst(),
            line.bytes("device-memory", DEFAULT_MEMORY),
            line.bytes("device-reserved", CudaDevice.assumedOwnBytes()),
            line.integer("experts", -1, 0),
            new Limits(
                requests,
                requests,
                line.integer("max-step-tokens", Math.max(512, requests), requests),
                line.integer("kv-cache-tokens", 0, 1)),
            line.integer("threads", Math.max(1, processors - 1), 1),
            new PlanRates(
                given(line, "cpu-bandwidth"),
                given(line, "copy-bandwidth"),
                given(line, "device-bandwidth")),
            new ProbeOptions(
                Math.max(1 << 20, line.bytes("probe-memory", ProbeOptions.DEFAULT.memoryBytes())),
                line.positive("probe-seconds").orElse(ProbeOptions.DEFAULT.seconds())));
    line.requireAllTaken();
    return options;
  }

  private static Rate given(CommandLine line, String name) {
    double gigabytes = line.positive(name).orElse(0);
    return new Rate(gigabytes * 1e9, "--" + name);
  }
}
