package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/latency`: what an expert costs on each lane, when and how that was measured, what
/// live timings changed, and how well predictions come true.
@Endpoint(id = "latency")
final class LatencyEndpoint {
  private final Engine engine;

  LatencyEndpoint(Engine engine) {
    this.engine = engine;
  }

  @ReadOperation
  WebEndpointResponse<Object> latency() {
    try {
      return engine
          .latency()
          .map(report -> new WebEndpointResponse<Object>(LatencyView.of(report)))
          .orElseGet(() ->
              Problem.notFound(
                  "no latency model decides: there is no device, or fiddler.dispatch.mode is not"
                      + " auto"));
    } catch (EngineNotReadyException e) {
      return Problem.unavailable(e.getMessage());
    }
  }
}
