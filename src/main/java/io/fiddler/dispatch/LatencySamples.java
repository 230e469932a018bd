package io.fiddler.dispatch;

import java.util.List;

/// What was measured on a machine, in any order, several times each.
///
/// @param host whole experts computed on the host
/// @param device whole experts computed on the device
/// @param copyNanos whole experts copied to the device
public record LatencySamples(List<Sample> host, List<Sample> device, List<Double> copyNanos) {
  /// One measurement.
  ///
  /// @param rows number of rows, at least one
  /// @param nanos how long it took
  public record Sample(int rows, double nanos) {}

  public LatencySamples {
    host = List.copyOf(host);
    device = List.copyOf(device);
    copyNanos = List.copyOf(copyNanos);
  }
}
