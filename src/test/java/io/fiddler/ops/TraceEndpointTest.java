package io.fiddler.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.EngineState;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.engine.timeline.LaneWork;
import io.fiddler.engine.timeline.TimelineLane;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.databind.JsonNode;

final class TraceEndpointTest {
  private final FakeEngine engine = new FakeEngine();
  private final TraceEndpoint endpoint = new TraceEndpoint(engine, Duration.ofSeconds(20));

  @Test
  void trace_isAnsweredForAViewer() {
    AtomicInteger asked = new AtomicInteger();
    engine.traceFrom(steps -> {
      asked.set(steps);
      return CompletableFuture.completedFuture(
          List.of(new LaneInterval(TimelineLane.HOST, LaneWork.of("compute", 1, 1), 2000, 5000)));
    });

    JsonNode json = Json.of(endpoint.trace("3"));

    assertThat(asked).hasValue(3);
    List<JsonNode> events =
        json.get("traceEvents")
            .valueStream()
            .filter(event -> event.get("ph").asString().equals("X"))
            .toList();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().get("dur").asDouble()).isEqualTo(3);
    endpoint.trace(null);
    assertThat(asked).hasValue(8);
  }

  @Test
  void trace_isRefused_whenTheNumberIsWrong() {
    engine.traceFrom(steps -> {
      throw new IllegalArgumentException("steps must be in [1, 256], got " + steps);
    });
    assertProblem("many", 400, "steps must be a whole number, got many");
    assertProblem("0", 400, "steps must be in [1, 256], got 0");
  }

  @Test
  void trace_conflicts_whenItIsOffOrAnotherIsUnderWay() {
    engine.traceFrom(_ -> {
      throw new IllegalStateException("another trace is being recorded");
    });
    assertProblem("2", 409, "another trace is being recorded");
  }

  @Test
  void trace_isGivenUp_whenNoStepComes() {
    CompletableFuture<List<LaneInterval>> never = new CompletableFuture<>();
    engine.traceFrom(_ -> never);
    WebEndpointResponse<Object> answer = new TraceEndpoint(engine, Duration.ZERO).trace("2");
    assertThat(answer.getStatus()).isEqualTo(409);
    assertThat(Json.of(answer).get("error").asString()).startsWith("fewer than 2 steps within 0 s");
    assertThat(never).isCancelled();
  }

  @Test
  void trace_isUnavailable_whenTheEngineIsNotReadyOrCloses() {
    engine.traceFrom(
        _ -> CompletableFuture.failedFuture(new IllegalStateException("the engine was closed")));
    assertProblem("2", 503, "the engine was closed");
    engine.become(EngineState.LOADING, "reading weights", 0.5);
    assertThat(endpoint.trace("2").getStatus()).isEqualTo(503);
  }

  private void assertProblem(@Nullable String steps, int status, String sentence) {
    WebEndpointResponse<Object> answer = endpoint.trace(steps);
    assertThat(answer.getStatus()).isEqualTo(status);
    assertThat(Json.of(answer).get("error").asString()).isEqualTo(sentence);
  }
}
