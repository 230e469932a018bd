package io.fiddler.bench.plan;

import io.fiddler.bench.report.Limit;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.load.WeightSizes;
import io.fiddler.placement.Forecasts;

/// What to expect of decoding for one request, if all experts of a layer are as popular. Traffic
/// that prefers some does better, once its placement is learned.
///
/// @param hitRate share of a token's experts that are resident
/// @param missedBytes weights a token needs from host memory
/// @param deviceBytes weights a token needs from device memory
/// @param limit what the rates allow
public record DecodeForecast(double hitRate, double missedBytes, double deviceBytes, Limit limit) {
  /// With so many resident experts.
  ///
  /// @throws IllegalArgumentException if neither the host's nor the copies' rate is known
  public static DecodeForecast of(WeightSizes sizes, int residentExperts, PlanRates rates) {
    double hitRate = Forecasts.ofCapacity(residentExperts, sizes.numExperts()).decode();
    double touched = (double) sizes.expertsPerToken() * sizes.expertFormat().expertSizeBytes();
    double missed = touched * (1 - hitRate);
    double onDevice = touched * hitRate + readDenseBytes(sizes);
    double rate = rates.device().bytesPerSecond();
    return new DecodeForecast(
        hitRate,
        missed,
        onDevice,
        Limit.of(
            missed,
            rates.host().bytesPerSecond(),
            rates.copy().bytesPerSecond(),
            rate > 0 ? onDevice / rate : 0));
  }

  /// Of the embedding a token reads one row.
  private static long readDenseBytes(WeightSizes sizes) {
    ModelConfig config = sizes.config();
    long embedding = (long) config.vocabSize() * config.hiddenSize() * sizes.type().sizeBytes();
    return sizes.denseBytes(bytes -> bytes) - (config.tiedEmbeddings() ? 0 : embedding);
  }

  /// Tokens a second at the limit.
  public double tokensPerSecond() {
    return 1 / limit.seconds();
  }
}
