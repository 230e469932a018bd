package io.fiddler.store.upkeep;

import java.time.Duration;
import java.util.List;

/// How long things are kept; zero keeps them for ever. What is older leaves with its whole
/// partition, so it stays up to a day, or a month where partitions are months, longer.
///
/// @param requests rows of the request log
/// @param traces sampled traces
/// @param hours hours of activations, before they become days
/// @param activations days of activations; partitions are months
/// @param usage sums of requests by hour and day; partitions are months
public record Retention(
    Duration requests, Duration traces, Duration hours, Duration activations, Duration usage) {
  public Retention {
    for (Duration each : List.of(requests, traces, hours, activations, usage)) {
      if (each.isNegative()) {
        throw new IllegalArgumentException("retention must be zero or longer, got " + each);
      }
    }
  }
}
