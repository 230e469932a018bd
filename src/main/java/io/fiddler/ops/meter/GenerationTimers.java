package io.fiddler.ops.meter;

import io.fiddler.engine.GenerationReport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// How long generations take: names and buckets of OpenTelemetry's [semantic conventions for
/// generative AI](https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/), so existing
/// dashboards fit.
final class GenerationTimers {

  /// Beyond the conventions' 10 s, since a long prompt behind a queue waits for longer, and a
  /// quantile is never above the last bucket.
  private static final double[] FIRST_TOKEN_SECONDS = {
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    20.0, 40.0, 60.0, 120.0
  };

  private static final double[] OUTPUT_TOKEN_SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5
  };
  private static final double[] REQUEST_SECONDS = {
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92
  };

  private final Timer timeToFirstToken;
  private final Timer timePerOutputToken;
  private final Timer duration;
  private final Timer queue;

  GenerationTimers(MeterRegistry registry) {
    timeToFirstToken =
        timer(
            registry,
            "gen_ai.server.time_to_first_token",
            "From submission to the first token, recorded as the answer ends",
            FIRST_TOKEN_SECONDS);
    timePerOutputToken =
        timer(
            registry,
            "gen_ai.server.time_per_output_token",
            "Mean time between the tokens of a generation after its first",
            OUTPUT_TOKEN_SECONDS);
    duration =
        timer(
            registry,
            "gen_ai.server.request.duration",
            "From submission to the end of a generation",
            REQUEST_SECONDS);
    queue =
        timer(
            registry,
            "fiddler.generations.queue.time",
            "From submission to the first step",
            FIRST_TOKEN_SECONDS);
  }

  void record(GenerationReport report) {
    duration.record(report.totalNanos(), TimeUnit.NANOSECONDS);
    queue.record(report.queueNanos(), TimeUnit.NANOSECONDS);
    if (report.firstTokenNanos() > 0) {
      timeToFirstToken.record(report.firstTokenNanos(), TimeUnit.NANOSECONDS);
    }
    if (report.completionTokens() > 1) {
      timePerOutputToken.record(
          (report.totalNanos() - report.firstTokenNanos()) / (report.completionTokens() - 1),
          TimeUnit.NANOSECONDS);
    }
  }

  private static Timer timer(
      MeterRegistry registry, String name, String description, double[] seconds) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(
            Arrays.stream(seconds)
                .mapToObj(s -> Duration.ofNanos(Math.round(s * 1e9)))
                .toArray(Duration[]::new))
        .register(registry);
  }
}
