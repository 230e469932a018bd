package io.fiddler.bench.plan;

import io.fiddler.dispatch.LatencyModel;

/// How fast weights are read, in bytes a second, and how that is known.
///
/// @param host by the CPU's expert kernel, for one token an expert
/// @param copy by the copy engine
/// @param device by the device's kernels, from its own memory
public record PlanRates(Rate host, Rate copy, Rate device) {
  /// One rate.
  ///
  /// @param bytesPerSecond 0 if it is not known, and then left out of a forecast
  /// @param source how it is known, for people
  public record Rate(double bytesPerSecond, String source) {
    /// A rate that nobody told.
    static Rate unknown(String source) {
      return new Rate(0, source);
    }
  }

  /// From what an engine measured for experts of a size.
  ///
  /// @param source where that was found
  static PlanRates of(LatencyModel model, long expertBytes, String source) {
    double bytes = expertBytes * 1e9;
    return new PlanRates(
        new Rate(bytes / model.hostNanos().at(1), source),
        new Rate(bytes / model.copyNanos(), source),
        new Rate(bytes / model.deviceNanos().at(1), source));
  }

  /// These with the rates of `given` where there are any.
  PlanRates replacedBy(PlanRates given) {
    return new PlanRates(
        better(given.host, host), better(given.copy, copy), better(given.device, device));
  }

  private static Rate better(Rate first, Rate second) {
    return first.bytesPerSecond() > 0 ? first : second;
  }
}
