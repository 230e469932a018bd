package io.fiddler.bench.report;

import io.fiddler.bench.probe.MachineRates;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything a run of `bench` found; its JSON form is this record's.
///
/// @param format version of the JSON form
/// @param machine what it ran on
/// @param options as they were given, or by default
/// @param model what was measured
/// @param start how long the start took
/// @param probes what the machine can do
/// @param scenarios what the engine did
/// @param gains what several requests at once got done against one
public record BenchReport(
    int format,
    MachineReport machine,
    Map<String, String> options,
    ModelReport model,
    StartReport start,
    MachineRates probes,
    List<ScenarioReport> scenarios,
    List<GainReport> gains) {
  /// The current version of the JSON form.
  public static final int FORMAT = 1;

  public BenchReport {
    scenarios = List.copyOf(scenarios);
    gains = List.copyOf(gains);
  }

  /// The same with these scenarios.
  public BenchReport with(List<ScenarioReport> done) {
    return new BenchReport(
        format, machine, options, model, start, probes, done, GainReport.of(done));
  }

  /// The model and where its experts are.
  ///
  /// @param name of the model
  /// @param fingerprint of its weights
  /// @param weightsBytes all weights
  /// @param expertBytes one expert
  /// @param numExperts over all layers
  /// @param residentExperts on the device
  /// @param placement policy that chose them
  /// @param forecastHitRate what the policy expects
  /// @param kernels of the CPU
  /// @param deviceUsedBytes device memory in use
  /// @param deviceReason why this device
  public record ModelReport(
      String name,
      String fingerprint,
      long weightsBytes,
      long expertBytes,
      int numExperts,
      int residentExperts,
      String placement,
      double forecastHitRate,
      String kernels,
      long deviceUsedBytes,
      String deviceReason) {}

  /// The start.
  ///
  /// @param seconds until the engine was ready
  /// @param bytesPerSecond weights by that time
  /// @param phases what it did, in order
  public record StartReport(double seconds, double bytesPerSecond, List<LoadPhase> phases) {
    public StartReport {
      phases = List.copyOf(phases);
    }
  }

  /// A phase of the start.
  ///
  /// @param name what was done
  /// @param seconds how long
  /// @param bytes that were moved; null if it moves none
  /// @param bytesPerSecond how fast; null if it moves none
  public record LoadPhase(
      String name, double seconds, @Nullable Long bytes, @Nullable Double bytesPerSecond) {}
}
