package io.fiddler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.Phase;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.Replanning;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.PlacementVersion.Author;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.databind.JsonNode;

final class PlacementEndpointTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.089Z");

  private final FakeEngine engine = new FakeEngine();
  private final FakeStore store = new FakeStore();
  private final CurrentPlacement current = new CurrentPlacement();
  private final PlacementPlanner planner =
      new PlacementPlanner(
          store,
          store,
          PolicyCatalogue.withDefaults(),
          new HalfLives(Duration.ofDays(7), Duration.ofHours(1)),
          "replica-1",
          Clock.fixed(NOW, ZoneOffset.UTC));
  private final PlacementEndpoint endpoint =
      new PlacementEndpoint(engine, current, new Replanning(engine, store, planner, current));

  @BeforeEach
  void start() {
    PlacementVersion even =
        planner.plan(
            FakeEngine.FINGERPRINT, FakeEngine.GRID, FakeEngine.CAPACITY, Author.STARTUP, null);
    engine.apply(new VersionedPlacement(even.id(), even.placement())).join();
    current.set(even);
  }

  @Test
  void placement_showsForecastAndNoActualRate_beforeTheFirstAssignment() {
    JsonNode json = Json.of(endpoint.placement());

    assertThat(json.get("version").asLong()).isEqualTo(1);
    assertThat(json.get("policy").asString()).isEqualTo("even");
    assertThat(json.get("author").asString()).isEqualTo("startup");
    assertThat(json.get("replica").asString()).isEqualTo("replica-1");
    assertThat(json.get("createdAt").asString()).isEqualTo("2026-03-04T05:06:07.089Z");
    assertThat(json.get("capacity").asInt()).isEqualTo(2);
    assertThat(json.get("forecastHitRate").asDouble()).isEqualTo(0.25);
    assertThat(json.get("actualHitRate").doubleValue()).isZero();
    assertThat(json.get("actualHitRatePrefill").doubleValue()).isZero();
    assertThat(json.get("actualHitRateDecode").doubleValue()).isZero();
    assertThat(json.at("/assignments/total").longValue()).isZero();
    assertThat(json.get("windowEnd").isNull()).isTrue();
    assertThat(json.get("experts").size()).isEqualTo(2);
    assertThat(json.at("/experts/0/layer").asInt()).isZero();
    assertThat(json.has("loaded")).isFalse();
  }

  @Test
  void placement_showsActualRates_overBothPhasesAndEach() {
    engine.assigned(new AssignmentCounts(3, 0, 1, 0), new AssignmentCounts(1, 1, 1, 1));

    JsonNode json = Json.of(endpoint.placement());

    assertThat(json.get("actualHitRate").asDouble()).isEqualTo(0.5);
    assertThat(json.get("actualHitRatePrefill").asDouble()).isEqualTo(0.75);
    assertThat(json.get("actualHitRateDecode").asDouble()).isEqualTo(0.25);
    assertThat(json.at("/assignments/total").asLong()).isEqualTo(8);
  }

  @Test
  void apply_plansFromHistory_recordsAndTellsWhatChanged() {
    store.statistics.add(Phase.DECODE, 2, 3, 9);
    store.statistics.add(Phase.DECODE, 0, 0, 6);
    store.statistics.add(Phase.DECODE, 0, 2, 3);
    store.statistics.countedSince(Instant.parse("2026-03-01T10:00:00Z"));

    WebEndpointResponse<Object> answer = endpoint.act(null, "new traffic");

    JsonNode json = Json.of(answer);
    assertThat(answer.getStatus()).isEqualTo(200);
    assertThat(store.flushes).isEqualTo(1);
    assertThat(json.get("version").asLong()).isEqualTo(2);
    assertThat(json.get("policy").asString()).isEqualTo("frequency");
    assertThat(json.get("author").asString()).isEqualTo("operator");
    assertThat(json.get("reason").asString()).isEqualTo("new traffic");
    assertThat(json.get("forecastHitRate").asDouble()).isEqualTo(15.0 / 18);
    assertThat(json.get("windowStart").asString()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(json.get("windowEnd").asString()).isEqualTo("2026-03-04T05:06:07.089Z");
    assertThat(json.get("loaded").toString()).isEqualTo("[{\"layer\":2,\"expert\":3}]");
    assertThat(json.get("evicted").toString()).isEqualTo("[{\"layer\":2,\"expert\":0}]");
    assertThat(store.placements.getLast().reason()).isEqualTo("new traffic");
    assertThat(engine.placement().version()).isEqualTo(2);
    assertThat(Json.of(endpoint.placement()).get("version").asLong()).isEqualTo(2);
  }

  @Test
  void action_isRefused_whenItIsNotSupported() {
    WebEndpointResponse<Object> answer = endpoint.act("simulate", null);

    assertThat(answer.getStatus()).isEqualTo(400);
    assertThat(Json.of(answer).get("error").asString())
        .isEqualTo("action must be apply, got simulate");
    assertThat(store.placements).hasSize(1);
  }

  @Test
  void apply_isUnavailableAndChangesNothing_whenTheDatabaseIsDown() {
    store.down = true;

    WebEndpointResponse<Object> answer = endpoint.act("apply", null);

    assertThat(answer.getStatus()).isEqualTo(503);
    assertThat(Json.of(answer).get("error").asString())
        .isEqualTo("the database does not answer: refused");
    assertThat(engine.placement().version()).isEqualTo(1);
  }

  @Test
  void everything_isUnavailable_whileTheModelIsLoading() {
    engine.become(EngineState.LOADING, "reading weights", 0.5);

    assertThat(endpoint.placement().getStatus()).isEqualTo(503);
    assertThat(endpoint.act(null, null).getStatus()).isEqualTo(503);
  }

  @Test
  void placement_isUnavailable_beforeTheFirst() {
    CurrentPlacement none = new CurrentPlacement();

    assertThat(
            new PlacementEndpoint(engine, none, new Replanning(engine, store, planner, none))
                .placement()
                .getStatus())
        .isEqualTo(503);
  }
}
