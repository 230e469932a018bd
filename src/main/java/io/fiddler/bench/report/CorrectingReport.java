package io.fiddler.bench.report;

/// What decoding took with and without an exchange of experts under way.
///
/// @param maxBytesPerSecond that were to be copied at most
/// @param seconds of a step without
/// @param secondsExchanging of a step with it
/// @param hitRate without; what the exchange changes of it is no fault of the copies
/// @param hitRateExchanging with it
/// @param experts that came meanwhile, adopted ones included
/// @param copiedBytes that were copied between steps
/// @param copiedBytesPerSecond the same a second
public record CorrectingReport(
    long maxBytesPerSecond,
    Spread seconds,
    Spread secondsExchanging,
    double hitRate,
    double hitRateExchanging,
    int experts,
    long copiedBytes,
    double copiedBytesPerSecond) {
  /// By how much the median step is longer, as a share of the one without.
  public double delay() {
    return secondsExchanging.median() / seconds.median() - 1;
  }
}
