package io.fiddler.learning.correction;

import io.fiddler.placement.correction.Exchange;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What correction tells people: a line a version, and a line of suggestions a window where it does
/// not move anything itself.
final class CorrectionLog {
  private static final Logger LOG = LoggerFactory.getLogger(CorrectionLog.class);
  private static final int NAMED = 8;

  private final Duration window;
  private @Nullable Instant lastSuggestion;

  CorrectionLog(Duration window) {
    this.window = window;
  }

  void recorded(PlacementVersion version) {
    LOG.info("Placement {}: {}", version.id(), version.reason());
  }

  void notRecorded(StoreUnavailableException failure) {
    LOG.warn("What correction moved is not recorded yet: {}", failure.getMessage());
  }

  void suggest(List<Exchange> worthwhile, Instant now, boolean held) {
    if (worthwhile.isEmpty()
        || (lastSuggestion != null && lastSuggestion.plus(window).isAfter(now))) {
      return;
    }
    lastSuggestion = now;
    double gain = worthwhile.stream().mapToDouble(Exchange::gain).sum();
    LOG.info(
        "{} experts should change places, for a hit rate {} higher{}: {}",
        worthwhile.size(),
        String.format(Locale.ROOT, "%.3f", gain),
        held ? ", but the placement is held" : "",
        worthwhile.stream()
            .limit(NAMED)
            .map(exchange ->
                exchange.evict() == null
                    ? exchange.load().toString()
                    : exchange.load() + " for " + exchange.evict())
            .collect(Collectors.joining(", ", "", worthwhile.size() > NAMED ? ", ..." : "")));
  }
}
