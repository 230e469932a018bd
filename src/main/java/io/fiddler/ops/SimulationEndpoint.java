package io.fiddler.ops;

import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.learning.simulation.LiveSimulations;
import io.fiddler.learning.simulation.NoTracesException;
import io.fiddler.learning.simulation.SimulationBusyException;
import io.fiddler.usage.StoreUnavailableException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/simulation?memory=24GiB&policy=frequency&copy=2&host=1.5&concurrency=1`: what another
/// device, policy or machine would have done with the recorded traces. The operation blocks for
/// seconds; Actuator runs it on the bounded elastic scheduler.
@Endpoint(id = "simulation")
final class SimulationEndpoint {
  private final LiveSimulations simulations;

  SimulationEndpoint(LiveSimulations simulations) {
    this.simulations = simulations;
  }

  /// Simulates; what is left out is as it is now.
  ///
  /// @param memory device memory, such as 24GiB
  /// @param experts resident experts instead
  /// @param policy whose curve is drawn
  /// @param copy how many times as fast copies to the device are
  /// @param host how many times as fast the CPU is
  /// @param concurrency requests at once, 1 if left out
  @ReadOperation
  WebEndpointResponse<Object> simulate(
      @Nullable String memory,
      @Nullable String experts,
      @Nullable String policy,
      @Nullable String copy,
      @Nullable String host,
      @Nullable String concurrency) {
    try {
      return new WebEndpointResponse<>(
          simulations.answer(
              SimulationQuery.parse(memory, experts, policy, copy, host, concurrency)));
    } catch (EngineNotReadyException | StoreUnavailableException e) {
      return Problem.unavailable(e.getMessage());
    } catch (IllegalArgumentException e) {
      return Problem.badRequest(e.getMessage());
    } catch (NoTracesException e) {
      return Problem.notFound(e.getMessage());
    } catch (SimulationBusyException e) {
      return Problem.conflict(e.getMessage());
    }
  }
}
