package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.engine.timeline.TraceDocument;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/trace?steps=8`: records what every lane does in the next steps and answers it as a
/// file for Perfetto or `chrome://tracing`. The operation blocks until the steps were done;
/// Actuator runs it on the bounded elastic scheduler.
@Endpoint(id = "trace")
final class TraceEndpoint {
  private static final String DEFAULT_STEPS = "8";

  private final Engine engine;
  private final Duration atMost;

  /// @param atMost how long to wait for the steps
  TraceEndpoint(Engine engine, Duration atMost) {
    this.engine = engine;
    this.atMost = atMost;
  }

  /// Records the next steps.
  ///
  /// @param steps how many steps, 8 if left out
  @ReadOperation
  WebEndpointResponse<Object> trace(@Nullable String steps) {
    int count;
    try {
      count = Integer.parseInt(steps == null ? DEFAULT_STEPS : steps);
    } catch (NumberFormatException e) {
      return Problem.badRequest("steps must be a whole number, got " + steps);
    }
    try {
      return answer(engine.trace(count), count);
    } catch (EngineNotReadyException e) {
      return Problem.unavailable(e.getMessage());
    } catch (IllegalArgumentException e) {
      return Problem.badRequest(e.getMessage());
    } catch (IllegalStateException e) {
      return Problem.conflict(e.getMessage());
    }
  }

  private WebEndpointResponse<Object> answer(
      CompletableFuture<List<LaneInterval>> trace, int count) {
    try {
      return new WebEndpointResponse<>(
          TraceDocument.of(trace.get(atMost.toNanos(), TimeUnit.NANOSECONDS)));
    } catch (TimeoutException e) {
      return Problem.conflict(
          "fewer than %d steps within %d s: there is no step without a request, so send some meanwhile"
              .formatted(count, atMost.toSeconds()));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      return Problem.unavailable(cause == null ? e.getMessage() : cause.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Problem.unavailable("the service is stopping");
    } finally {
      trace.cancel(false); // gives up what nobody waits for any more
    }
  }
}
