package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.learning.CurrentPlacement;
import io.fiddler.learning.Instruction;
import io.fiddler.learning.Replanning;
import io.fiddler.learning.ResidencyChange;
import io.fiddler.learning.correction.CorrectionMonitor;
import io.fiddler.usage.PlacementVersion;
import io.fiddler.usage.StoreUnavailableException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/placement`: which experts the plan wants on the device, how well that works, and
/// changing it. Operations block; Actuator runs them on the bounded elastic scheduler.
@Endpoint(id = "placement")
final class PlacementEndpoint {
  private final Engine engine;
  private final CurrentPlacement current;
  private final Replanning replanning;
  private final CorrectionMonitor correction;

  PlacementEndpoint(
      Engine engine,
      CurrentPlacement current,
      Replanning replanning,
      CorrectionMonitor correction) {
    this.engine = engine;
    this.current = current;
    this.replanning = replanning;
    this.correction = correction;
  }

  @ReadOperation
  WebEndpointResponse<Object> placement() {
    return PlacementProblems.answer(() -> {
      Optional<PlacementVersion> version = current.get();
      return version.isEmpty()
          ? Problem.unavailable("no placement yet: the model is still being loaded")
          : report(version.get(), null, false);
    });
  }

  /// Changes the placement, or shows how it would change.
  ///
  /// @param action `apply` (also if left out): plans from everything recorded so far, records the
  ///   plan and applies it; `propose`: plans and shows, and changes nothing; `rollback`: goes back
  ///   to the experts of `version`, as a new version; `pin`: holds `version`, without one that in
  ///   force; `unpin`: lets go
  /// @param version the number of a placement, for `rollback` and `pin`
  /// @param reason free text for the record
  /// @param policy by which to plan, for `apply` and `propose`
  /// @param scope `replica`, also if left out, or `all` replicas, for `pin` and `unpin`
  /// @param by who acts, see {@link OperatorFilter}
  @WriteOperation
  WebEndpointResponse<Object> act(
      @Nullable String action,
      @Nullable String version,
      @Nullable String reason,
      @Nullable String policy,
      @Nullable String scope,
      @Nullable String by) {
    return PlacementProblems.answer(() -> {
      Request request =
          new Request(
              Parameters.version("version", version),
              Optional.ofNullable(policy),
              scope,
              new Instruction(by, Parameters.reason(reason)));
      return switch (action) {
        case null -> apply(request);
        case "apply" -> apply(request);
        case "propose" ->
            done(replanning.propose(request.policy(), request.checked().instruction()), true);
        case "rollback" ->
            done(replanning.rollback(request.target(), request.instruction()), false);
        case "pin" ->
            done(
                replanning.pin(
                    request.version(), Parameters.isForAll(scope), request.instruction()),
                false);
        case "unpin" ->
            done(replanning.unpin(Parameters.isForAll(scope), request.instruction()), false);
        default ->
            Problem.badRequest(
                "action must be apply, propose, rollback, pin or unpin, got " + action);
      };
    });
  }

  private WebEndpointResponse<Object> apply(Request request) {
    return done(replanning.apply(request.policy(), request.checked().instruction()), false);
  }

  /// What is asked for.
  private record Request(
      Optional<Long> version,
      Optional<String> policy,
      @Nullable String scope,
      Instruction instruction) {
    /// Of one that plans: who gives a version means another action.
    Request checked() {
      if (version.isPresent()) {
        throw new IllegalArgumentException(
            "version is for the actions rollback and pin; apply and propose plan a new one");
      }
      return this;
    }

    long target() {
      return version.orElseThrow(
          () -> new IllegalArgumentException("rollback needs the version to go back to"));
    }
  }

  private WebEndpointResponse<Object> done(Replanning.Outcome outcome, boolean proposed) {
    return report(outcome.version(), outcome.change(), proposed);
  }

  private WebEndpointResponse<Object> report(
      PlacementVersion version, @Nullable ResidencyChange change, boolean proposed) {
    return new WebEndpointResponse<>(
        LivePlacement.of(
            PlacementReport.of(version, PlacementState.of(engine, pinned()), change, proposed),
            correction));
  }

  private @Nullable PinReport pinned() {
    try {
      return replanning.pinned().map(PinReport::of).orElse(null);
    } catch (StoreUnavailableException e) {
      // Not known since the start, and no reason to hide the rest.
      return null;
    }
  }
}
