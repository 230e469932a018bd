package io.fiddler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.PlacementPlanner;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.Room;
import io.fiddler.learning.StartupPlanning;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.Placement.ScoredExpert;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.usage.PlacementAction;
import io.fiddler.usage.PlacementVersion;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
          PolicyCatalogue.withDefaults(),
          new HalfLives(Duration.ofDays(7), Duration.ofHours(1)),
          () -> "replica-1",
          Clock.fixed(NOW, ZoneOffset.UTC));
  private final Replanning replanning =
      new Replanning(engine, store, planner, store.records(), current);
  private final PlacementEndpoint endpoint =
      new PlacementEndpoint(engine, current, replanning, new FakeMonitor());

  @BeforeEach
  void start() {
    Room room = new Room(FakeEngine.FINGERPRINT, FakeEngine.GRID, FakeEngine.CAPACITY);
    PlacementVersion even = new StartupPlanning(planner, store.records()).plan(room);
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
  void placement_showsCorrectionAndDrift() {
    JsonNode json = Json.of(endpoint.placement());

    JsonNode correction = json.get("correction");
    assertThat(correction.get("mode").asString()).isEqualTo("suggest");
    assertThat(correction.get("holding").asBoolean()).isTrue();
    assertThat(correction.get("movedInWindow").asInt()).isEqualTo(2);
    assertThat(correction.get("lastChange").asString()).isEqualTo("2026-03-04T05:06:07Z");
    assertThat(correction.get("suggestions").toString())
        .isEqualTo(
            "[{\"layer\":2,\"load\":1,\"evictLayer\":0,\"evict\":3,\"gain\":0.02},"
                + "{\"layer\":0,\"load\":1,\"evictLayer\":null,\"evict\":null,\"gain\":0.01}]");
    assertThat(json.at("/drift/drifting").asBoolean()).isFalse();
    assertThat(json.at("/drift/hitRateNow").isNull()).isTrue();
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

    WebEndpointResponse<Object> answer = act(null, null, "new traffic");

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
    WebEndpointResponse<Object> answer = act("simulate", null, null);

    assertThat(answer.getStatus()).isEqualTo(400);
    assertThat(Json.of(answer).get("error").asString())
        .isEqualTo("action must be apply, propose, rollback, pin or unpin, got simulate");
    assertThat(store.placements).hasSize(1);
  }

  @Test
  void apply_isUnavailableAndChangesNothing_whenTheDatabaseIsDown() {
    store.down = true;

    WebEndpointResponse<Object> answer = act("apply", null, null);

    assertThat(answer.getStatus()).isEqualTo(503);
    assertThat(Json.of(answer).get("error").asString())
        .isEqualTo("the database does not answer: refused");
    assertThat(engine.placement().version()).isEqualTo(1);
  }

  @Test
  void everything_isUnavailable_whileTheModelIsLoading() {
    engine.become(EngineState.LOADING, "reading weights", 0.5);

    assertThat(endpoint.placement().getStatus()).isEqualTo(503);
    assertThat(act(null, null, null).getStatus()).isEqualTo(503);
  }

  @Test
  void placement_isUnavailable_beforeTheFirst() {
    CurrentPlacement none = new CurrentPlacement();

    assertThat(
            new PlacementEndpoint(engine, none, replanning, new FakeMonitor())
                .placement()
                .getStatus())
        .isEqualTo(503);
  }

  @Test
  void proposal_changesNothing_andIsNoted() {
    store.statistics.add(Phase.DECODE, 2, 3, 9);

    JsonNode json = Json.of(act("propose", null, "curious"));

    assertThat(json.get("proposed").asBoolean()).isTrue();
    assertThat(json.get("version").asLong()).isZero();
    assertThat(json.get("loaded").toString()).isEqualTo("[{\"layer\":2,\"expert\":3}]");
    assertThat(store.placements).hasSize(1);
    assertThat(engine.placement().version()).isEqualTo(1);
    assertThat(store.events)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.action()).isEqualTo(PlacementAction.PROPOSE);
          assertThat(event.by()).isEqualTo("alice");
          assertThat(event.reason()).isEqualTo("curious");
        });
  }

  @Test
  void rollback_bringsTheExpertsBack_asANewVersion() {
    store.statistics.add(Phase.DECODE, 2, 3, 9);
    act("apply", null, null);

    JsonNode json = Json.of(act("rollback", "1", "it was better"));

    assertThat(json.get("version").asLong()).isEqualTo(3);
    assertThat(json.get("policy").asString()).isEqualTo("even");
    assertThat(json.get("by").asString()).isEqualTo("alice");
    assertThat(json.get("reason").asString()).isEqualTo("rollback to 1: it was better");
    assertThat(json.get("evicted").toString()).isEqualTo("[{\"layer\":2,\"expert\":3}]");
    assertThat(FittedExperts.of(json)).isEqualTo(FittedExperts.of(store.placements.getFirst()));
    // What it promises is what its experts would get of the traffic now, not then.
    assertThat(json.get("forecastHitRate").asDouble()).isZero();
  }

  @Test
  void whatIsPinned_isNotChanged_untilItIsUnpinned() {
    assertThat(Json.of(act("pin", null, "a demo")).at("/pinned/version").asLong()).isEqualTo(1);

    WebEndpointResponse<Object> refused = act("apply", null, null);

    assertThat(refused.getStatus()).isEqualTo(409);
    assertThat(Json.of(refused).get("error").asString())
        .isEqualTo("placement 1 is pinned by alice (a demo): unpin it first");
    assertThat(act("rollback", "1", null).getStatus()).isEqualTo(409);
    assertThat(act("propose", null, null).getStatus()).isEqualTo(200);
    assertThat(store.placements).hasSize(1);
    assertThat(Json.of(act("unpin", null, null)).get("pinned").isNull()).isTrue();
    assertThat(act("unpin", null, null).getStatus()).isEqualTo(200);
    assertThat(act("apply", null, null).getStatus()).isEqualTo(200);
  }

  @Test
  void pinOfAnotherVersion_goesBackToIt() {
    store.statistics.add(Phase.DECODE, 2, 3, 9);
    act("apply", null, null);

    JsonNode json = Json.of(act("pin", "1", null));

    assertThat(json.get("version").asLong()).isEqualTo(3);
    assertThat(json.at("/pinned/version").asLong()).isEqualTo(3);
    assertThat(json.at("/pinned/by").asString()).isEqualTo("alice");
    assertThat(engine.placement().version()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "rollback| |400|rollback needs the version to go back to",
        "rollback|x|400|version must be the number of a placement, got x",
        "rollback|-1|400|version must be the number of a placement, got -1",
        "rollback|99|404|version must be that of a recorded placement, got 99",
        "pin|99|404|version must be that of a recorded placement, got 99",
        "apply|1|400|version is for the actions rollback and pin; apply and propose plan a new one"
      })
  void wrongInput_getsOneSentence(
      String action, @Nullable String version, int status, String error) {
    WebEndpointResponse<Object> answer = act(action, version, null);

    assertThat(answer.getStatus()).isEqualTo(status);
    assertThat(Json.of(answer).get("error").asString()).isEqualTo(error);
    assertThat(store.placements).hasSize(1);
  }

  @Test
  void rollback_isRefused_whenTheVersionIsOfAnotherModel() {
    PlacementVersion own = store.placements.getFirst();
    store.placements.add(
        new PlacementVersion(
            2, "beef", "replica-1", NOW, own.author(), null, null, null, own.placement()));

    WebEndpointResponse<Object> answer = act("rollback", "2", null);

    assertThat(answer.getStatus()).isEqualTo(409);
    assertThat(Json.of(answer).get("error").asString())
        .isEqualTo(
            "version must be of the model that is served, got 2, which is of the model beef");
  }

  @Test
  void policy_canBeAskedFor_byName() {
    store.statistics.add(Phase.DECODE, 2, 3, 9);

    assertThat(Json.of(endpoint.act(null, null, null, "even", null, null)).get("policy").asString())
        .isEqualTo("even");
    WebEndpointResponse<Object> unknown = endpoint.act(null, null, null, "odd", null, null);
    assertThat(unknown.getStatus()).isEqualTo(400);
    assertThat(Json.of(unknown).get("error").asString())
        .isEqualTo(
            "policy must be one of " + String.join(", ", PolicyCatalogue.names()) + ", got odd");
  }

  private WebEndpointResponse<Object> act(
      @Nullable String action, @Nullable String version, @Nullable String reason) {
    return endpoint.act(action, version, reason, null, null, "alice");
  }

  /// The experts wanted, whatever their order.
  private static final class FittedExperts {
    static Set<ExpertId> of(JsonNode report) {
      return report
          .get("experts")
          .valueStream()
          .map(row -> new ExpertId(row.get("layer").asInt(), row.get("expert").asInt()))
          .collect(Collectors.toSet());
    }

    static Set<ExpertId> of(PlacementVersion version) {
      return version.placement().experts().stream()
          .map(ScoredExpert::id)
          .collect(Collectors.toSet());
    }
  }
}
