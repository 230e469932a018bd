package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.learning.AchievedRecorder;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.UnknownVersionException;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.version.Achieved;
import io.fiddler.usage.version.PlacementPin;
import io.fiddler.usage.version.VersionRecords;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/placements`: the placements recorded for the model that is served, by all replicas;
/// `/actuator/placements/7` shows one, `/actuator/placements/7?against=3` what is different in it,
/// `/actuator/placements/events` everything that was done.
@Endpoint(id = "placements")
final class PlacementsEndpoint {
  private static final String EVENTS = "events";
  private static final int ROWS = 50;
  private static final int MOST_ROWS = 1_000;

  private final Engine engine;
  private final CurrentPlacement current;
  private final Replanning replanning;
  private final VersionRecords records;
  private final AchievedRecorder recorder;

  PlacementsEndpoint(
      Engine engine,
      CurrentPlacement current,
      Replanning replanning,
      VersionRecords records,
      AchievedRecorder recorder) {
    this.engine = engine;
    this.current = current;
    this.replanning = replanning;
    this.records = records;
    this.recorder = recorder;
  }

  /// The list, newest first.
  ///
  /// @param limit most rows, 50 if left out
  /// @param before only versions below this one
  @ReadOperation
  WebEndpointResponse<Object> placements(@Nullable String limit, @Nullable String before) {
    return PlacementProblems.answer(() -> {
      int rows = Parameters.limit(limit, ROWS, MOST_ROWS);
      Long below = Parameters.version("before", before).orElse(null);
      String fingerprint = engine.model().fingerprint();
      recorder.write(); // what this replica achieved up to now
      long inForce = inForce();
      long pinned = replanning.readPinned().map(PlacementPin::version).orElse(0L);
      return new WebEndpointResponse<>(
          new VersionList(
              records.history().list(fingerprint, rows, below).stream()
                  .map(version -> VersionList.Row.of(version, inForce, pinned))
                  .toList()));
    });
  }

  /// One placement with what it promised and what it achieved.
  ///
  /// @param version its number, or `events`
  /// @param against another one, to tell what is different
  /// @param limit of the events, 50 if left out
  /// @param before only events below this one
  @ReadOperation
  WebEndpointResponse<Object> placement(
      @Selector String version,
      @Nullable String against,
      @Nullable String limit,
      @Nullable String before) {
    return PlacementProblems.answer(
        () -> version.equals(EVENTS) ? events(limit, before) : one(version, against));
  }

  private WebEndpointResponse<Object> one(String version, @Nullable String against) {
    long id = Parameters.version("version", version).orElseThrow();
    Optional<Long> other = Parameters.version("against", against);
    recorder.write();
    PlacementVersion shown = find(id);
    Achieved achieved = records.achieved().achieved(id).orElse(null);
    PinReport pin = replanning.readPinned().map(PinReport::of).orElse(null);
    PlacementReport report =
        PlacementReport.of(
            shown, VersionReport.state(engine, id == inForce(), achieved, pin), null, false);
    PlacementDiff diff = other.map(base -> PlacementDiff.between(find(base), shown)).orElse(null);
    return new WebEndpointResponse<>(
        new VersionReport(report, VersionReport.Counted.of(achieved), diff));
  }

  private WebEndpointResponse<Object> events(@Nullable String limit, @Nullable String before) {
    int rows = Parameters.limit(limit, ROWS, MOST_ROWS);
    Long below = Parameters.version("before", before).orElse(null);
    String fingerprint = engine.model().fingerprint();
    return new WebEndpointResponse<>(
        EventList.of(records.journal().events(fingerprint, rows, below)));
  }

  private PlacementVersion find(long id) {
    return records.versions().find(id).orElseThrow(() -> new UnknownVersionException(id));
  }

  private long inForce() {
    return current.get().map(PlacementVersion::id).orElse(0L);
  }
}
