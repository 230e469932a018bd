package io.fiddler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.EngineState;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.databind.JsonNode;

final class LatencyEndpointTest {
  private final FakeEngine engine = new FakeEngine();
  private final LatencyEndpoint endpoint = new LatencyEndpoint(engine);

  @Test
  void model_isShownInMilliseconds_withWhatLiveTimingsMadeOfIt() {
    engine.measured(LatencyReports.example());

    JsonNode json = Json.of(endpoint.latency());

    assertThat(json.get("measuredAt").asString()).isEqualTo("2026-11-20T10:15:30Z");
    assertThat(json.get("measuredInSeconds").asDouble()).isEqualTo(7.5);
    assertThat(json.get("conditions").asString()).isEqualTo("together");
    assertThat(json.get("source").asString()).isEqualTo("stored");
    assertThat(json.get("frozen").asBoolean()).isFalse();
    assertThat(json.at("/measured/hostMillis/1").asDouble()).isEqualTo(3.5);
    assertThat(json.at("/measured/hostMillis/64").asDouble()).isEqualTo(7.5);
    assertThat(json.at("/measured/copyMillis").asDouble()).isEqualTo(6.5);
    assertThat(json.at("/measured/deviceMillis/1").asDouble()).isEqualTo(0.25);
    assertThat(json.at("/inForce/hostMillis/1").asDouble()).isEqualTo(4);
    JsonNode correction = json.at("/corrections/0");
    assertThat(correction.get("lane").asString()).isEqualTo("host");
    assertThat(correction.get("upToRows").asInt()).isEqualTo(1);
    assertThat(correction.get("factor").asDouble()).isEqualTo(1.14);
    assertThat(correction.get("observations").asLong()).isEqualTo(40);
    JsonNode residual = json.at("/residuals/1");
    assertThat(residual.get("lane").asString()).isEqualTo("host");
    assertThat(residual.get("count").asLong()).isEqualTo(1);
    assertThat(residual.get("meanRatio").asDouble()).isEqualTo(1.4);
    assertThat(residual.get("p90Ratio").asDouble()).isEqualTo(1.5);
  }

  @Test
  void model_isNotFound_whenNoneDecides() {
    WebEndpointResponse<Object> answer = endpoint.latency();
    assertThat(answer.getStatus()).isEqualTo(404);
    assertThat(Json.of(answer).get("error").asString()).contains("fiddler.dispatch.mode");
  }

  @Test
  void model_isUnavailable_whileTheModelIsLoading() {
    engine.become(EngineState.LOADING, "measuring latencies", 0.9);
    assertThat(endpoint.latency().getStatus()).isEqualTo(503);
  }
}
