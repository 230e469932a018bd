package io.fiddler.dispatch;

/// What one expert costs on this machine, as measured: paper section 3.3 of [arXiv
/// 2402.07033](https://arxiv.org/abs/2402.07033), with curves over the number of rows instead of
/// constants.
///
/// @param hostNanos one expert on the host, by rows
/// @param deviceNanos one expert on the device, by rows
/// @param copyNanos copying one expert's weights to the device
public record LatencyModel(LatencyCurve hostNanos, LatencyCurve deviceNanos, double copyNanos) {
  public LatencyModel {
    if (!(copyNanos >= 0) || copyNanos == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "copyNanos must be finite and at least 0, got " + copyNanos);
    }
  }
}
