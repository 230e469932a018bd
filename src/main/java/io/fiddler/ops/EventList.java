package io.fiddler.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.usage.version.PlacementEvent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was done about placements, as `GET /actuator/placements/events` shows it.
///
/// @param events newest first
record EventList(List<Row> events) {
  /// One of them.
  ///
  /// @param id global, ascending
  /// @param at when
  /// @param action `start`, `apply`, `propose`, `rollback`, `pin`, `unpin`, `follow` or `correct`
  /// @param version the placement it is about; null for a proposal
  /// @param by who did it; null for the service itself
  /// @param replica on which it was done
  /// @param reason why
  /// @param detail more about it
  @JsonInclude
  record Row(
      long id,
      Instant at,
      String action,
      @Nullable Long version,
      @Nullable String by,
      String replica,
      @Nullable String reason,
      @Nullable String detail) {}

  static EventList of(List<PlacementEvent> events) {
    return new EventList(
        events.stream()
            .map(event ->
                new Row(
                    event.id(),
                    event.at(),
                    Text.lower(event.action()),
                    event.version(),
                    event.by(),
                    event.replica(),
                    event.reason(),
                    event.detail()))
            .toList());
  }
}
