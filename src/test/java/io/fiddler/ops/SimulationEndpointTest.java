package io.fiddler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineState;
import io.fiddler.expert.ExpertTrace;
import io.fiddler.learning.simulation.KeptBasis;
import io.fiddler.learning.simulation.LiveSimulations;
import io.fiddler.learning.simulation.LiveSimulations.Recorded;
import io.fiddler.learning.simulation.SimulationThread;
import io.fiddler.learning.simulation.Simulator;
import io.fiddler.learning.simulation.StepMeter;
import io.fiddler.placement.policy.PolicyCatalogue;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.TraceRecord;
import io.fiddler.usage.Traces;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.databind.JsonNode;

/// Without a running engine: what it says then. The real one is in `SimulationServiceTest`.
final class SimulationEndpointTest {
  @TempDir private Path home;
  private final FakeEngine engine = new FakeEngine();
  private final SimulationThread thread = new SimulationThread(Duration.ofMinutes(1));
  private Traces traces = (fingerprint, maxTokens) -> List.of();

  @AfterEach
  void close() {
    thread.close();
  }

  private WebEndpointResponse<Object> simulate() {
    Clock clock = Clock.systemUTC();
    return new SimulationEndpoint(
            new LiveSimulations(
                engine,
                new StepMeter(clock),
                new Limits(8, 4, 64, 0),
                new Recorded(
                    (fingerprint, maxTokens) -> traces.latest(fingerprint, maxTokens),
                    timeout -> true,
                    1_000,
                    new KeptBasis(home)),
                new Simulator(PolicyCatalogue.withDefaults()),
                thread,
                clock))
        .simulate(null, null, "frequency", null, null, null);
  }

  @Test
  void simulation_isUnavailable_whileTheModelIsLoading() {
    engine.become(EngineState.LOADING, "reading weights", 0.5);

    assertThat(simulate().getStatus()).isEqualTo(503);
  }

  @Test
  void simulation_isUnavailable_whenTheDatabaseIsDown() {
    traces =
        (fingerprint, maxTokens) -> {
          throw new StoreUnavailableException("the database does not answer: refused", null);
        };

    WebEndpointResponse<Object> answer = simulate();

    assertThat(answer.getStatus()).isEqualTo(503);
    assertThat(Json.of(answer).get("error").asString())
        .isEqualTo("the database does not answer: refused");
  }

  @Test
  void simulation_tellsHowToGetTraces_whenThereAreNone() {
    WebEndpointResponse<Object> answer = simulate();

    assertThat(answer.getStatus()).isEqualTo(404);
    assertThat(Json.of(answer).get("error").asString())
        .contains("raise fiddler.traces.sample-rate");
  }

  @Test
  void simulation_predictsNoTimes_withoutALatencyModel() {
    // The fake model is dense in the middle; a token has one expert in each other layer.
    traces =
        (fingerprint, maxTokens) ->
            IntStream.range(0, 4)
                .mapToObj(i ->
                    new TraceRecord(
                        new UUID(0, i),
                        Instant.EPOCH.plusSeconds(i),
                        "default",
                        fingerprint,
                        new ExpertTrace(1, 2, 2, 1, new short[] {1, 3, 1, 3})))
                .toList();

    WebEndpointResponse<Object> answer = simulate();

    JsonNode json = Json.of(answer);
    assertThat(answer.getStatus()).as(json.toString()).isEqualTo(200);
    assertThat(json.at("/hindsight/hitRate").asDouble()).isEqualTo(1);
    assertThat(json.at("/hindsight/tokensPerSecond").isNull()).isTrue();
    assertThat(json.at("/measured").isNull()).isTrue();
  }
}
