package io.fiddler.learning.correction;

import io.fiddler.expert.ExpertId;
import io.fiddler.placement.correction.Exchange;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What was moved since the last version was recorded. An expert that came and went again has not
/// moved. Not thread-safe.
final class CorrectionWindow {
  private static final int NAMED = 8;

  private final Duration width;
  private final Set<ExpertId> loaded = new LinkedHashSet<>();
  private final Set<ExpertId> evicted = new LinkedHashSet<>();
  private @Nullable Instant firstChange;
  private List<ExpertId> wantedAtBegin = List.of();
  private int moves;

  CorrectionWindow(Duration width) {
    this.width = width;
  }

  /// @param wantedBefore what was wanted on the device before these exchanges
  void add(List<Exchange> exchanges, Instant now, List<ExpertId> wantedBefore) {
    if (firstChange == null && !exchanges.isEmpty()) {
      firstChange = now;
      wantedAtBegin = List.copyOf(wantedBefore);
    }
    for (Exchange exchange : exchanges) {
      moves++;
      note(exchange.load(), evicted, loaded);
      if (exchange.evict() != null) {
        note(exchange.evict(), loaded, evicted);
      }
    }
  }

  private static void note(ExpertId id, Set<ExpertId> back, Set<ExpertId> forth) {
    if (!back.remove(id)) {
      forth.add(id);
    }
  }

  /// Exchanges in the window.
  int moves() {
    return moves;
  }

  /// Whether something was moved, and that as long ago as the window is wide.
  boolean isOver(Instant now) {
    return firstChange != null && !firstChange.plus(width).isAfter(now);
  }

  /// When the first expert of the window was moved.
  Optional<Instant> begin() {
    return Optional.ofNullable(firstChange);
  }

  /// What was wanted when it began.
  List<ExpertId> wantedBefore() {
    return wantedAtBegin;
  }

  /// What came and what went, for people; empty if everything is where it was.
  String changes() {
    return loaded.isEmpty() && evicted.isEmpty()
        ? ""
        : "loaded " + named(loaded) + "; evicted " + named(evicted);
  }

  /// Begins anew.
  void clear() {
    loaded.clear();
    evicted.clear();
    firstChange = null;
    moves = 0;
  }

  private static String named(Set<ExpertId> ids) {
    if (ids.isEmpty()) {
      return "none";
    }
    String names =
        ids.stream().limit(NAMED).map(ExpertId::toString).collect(Collectors.joining(", "));
    return ids.size() <= NAMED
        ? names
        : String.format(Locale.ROOT, "%s and %d more", names, ids.size() - NAMED);
  }
}
