package io.fiddler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.EngineState;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.databind.JsonNode;

final class ExpertsEndpointTest {
  private final FakeEngine engine = new FakeEngine();
  private final ExpertsEndpoint endpoint = new ExpertsEndpoint(engine);

  @Test
  void experts_showCountsShareAndWhereTheyLive() {
    engine.activate("default", Phase.PREFILL, 0, 1, 3);
    engine.activate("default", Phase.DECODE, 0, 1, 2);
    engine.activate("other", Phase.DECODE, 0, 1, 1);
    engine.activate("default", Phase.DECODE, 0, 3, 2);
    engine.activate("default", Phase.PREFILL, 2, 0, 4);
    engine.reside(new ExpertId(0, 1), 7);

    JsonNode json = Json.of(endpoint.experts());

    assertThat(json.get("model").asString()).isEqualTo("fake");
    assertThat(json.get("fingerprint").asString()).isEqualTo("f00d");
    JsonNode summary = json.get("summary");
    assertThat(summary.get("experts").asInt()).isEqualTo(8);
    assertThat(summary.get("resident").asInt()).isEqualTo(1);
    assertThat(summary.get("residentShare").asDouble()).isEqualTo(0.5);
    assertThat(summary.at("/assignments/prefill").asLong()).isEqualTo(7);
    assertThat(summary.at("/assignments/decode").asLong()).isEqualTo(5);
    assertThat(summary.at("/assignments/total").asLong()).isEqualTo(12);
    assertThat(json.get("layers").valueStream().map(layer -> layer.get("layer").asInt()))
        .containsExactly(0, 2);
    JsonNode resident = json.at("/layers/0/experts/1");
    assertThat(resident.get("lives").asString()).isEqualTo("resident");
    assertThat(resident.get("frame").asInt()).isEqualTo(7);
    assertThat(resident.get("share").asDouble()).isEqualTo(0.75);
    assertThat(resident.at("/assignments/prefill").asLong()).isEqualTo(3);
    assertThat(resident.at("/assignments/decode").asLong()).isEqualTo(3);
    JsonNode onHost = json.at("/layers/0/experts/3");
    assertThat(onHost.get("lives").asString()).isEqualTo("host");
    assertThat(onHost.has("frame")).isFalse();
  }

  @Test
  void layer_isShownAlone() {
    engine.activate("default", Phase.PREFILL, 0, 1, 3);

    JsonNode json = Json.of(endpoint.layer("2"));

    assertThat(json.get("layers").size()).isEqualTo(1);
    assertThat(json.at("/layers/0/layer").asInt()).isEqualTo(2);
    assertThat(json.at("/summary/assignments/total").asLong()).isZero();
    assertThat(json.at("/summary/residentShare").asDouble()).isZero();
  }

  @Test
  void layer_isNotFound_whenItHasNoExperts() {
    for (String layer : new String[] {"1", "3", "-1", "first"}) {
      WebEndpointResponse<Object> answer = endpoint.layer(layer);

      assertThat(answer.getStatus()).isEqualTo(404);
      assertThat(Json.of(answer).get("error").asString())
          .isEqualTo("layer must be one with experts, [0, 2], got " + layer);
    }
  }

  @Test
  void experts_areUnavailable_whileTheModelIsLoading() {
    engine.become(EngineState.LOADING, "reading weights", 0.5);

    assertThat(endpoint.experts().getStatus()).isEqualTo(503);
    assertThat(endpoint.layer("0").getStatus()).isEqualTo(503);
  }
}
