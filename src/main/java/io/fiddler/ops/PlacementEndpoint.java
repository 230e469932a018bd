package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.ResidencyChange;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreUnavailableException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/placement`: which experts the plan wants on the device, how well that works, and
/// planning anew. Operations block; Actuator runs them on the bounded elastic scheduler.
@Endpoint(id = "placement")
final class PlacementEndpoint {
  private static final String APPLY = "apply";

  private final Engine engine;
  private final CurrentPlacement current;
  private final Replanning replanning;

  PlacementEndpoint(Engine engine, CurrentPlacement current, Replanning replanning) {
    this.engine = engine;
    this.current = current;
    this.replanning = replanning;
  }

  @ReadOperation
  WebEndpointResponse<Object> placement() {
    Optional<PlacementVersion> version = current.get();
    if (version.isEmpty()) {
      return Problem.unavailable("no placement yet: the model is still being loaded");
    }
    try {
      return report(version.get(), null);
    } catch (EngineNotReadyException e) {
      return Problem.unavailable(e.getMessage());
    }
  }

  /// Plans from everything recorded so far, records the plan and applies it.
  ///
  /// @param action `apply`, also if left out
  /// @param reason free text for the record
  @WriteOperation
  WebEndpointResponse<Object> act(@Nullable String action, @Nullable String reason) {
    if (action != null && !action.equals(APPLY)) {
      return Problem.badRequest("action must be " + APPLY + ", got " + action);
    }
    try {
      Replanning.Outcome outcome = replanning.apply(reason);
      return report(outcome.version(), outcome.change());
    } catch (EngineNotReadyException | StoreUnavailableException e) {
      return Problem.unavailable(e.getMessage());
    }
  }

  private WebEndpointResponse<Object> report(
      PlacementVersion version, @Nullable ResidencyChange change) {
    return new WebEndpointResponse<>(
        PlacementReport.of(
            version, engine.device().expertCapacity(), engine.assignmentsSincePlacement(), change));
  }
}
