package io.fiddler.ops;

import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.learning.PlacementRefusedException;
import io.fiddler.learning.UnknownVersionException;
import io.fiddler.usage.StoreUnavailableException;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// What the operations on placements answer when they cannot do what was asked for.
final class PlacementProblems {
  private PlacementProblems() {}

  static WebEndpointResponse<Object> answer(Supplier<WebEndpointResponse<Object>> operation) {
    try {
      return operation.get();
    } catch (EngineNotReadyException | StoreUnavailableException e) {
      return Problem.unavailable(e.getMessage());
    } catch (UnknownVersionException e) {
      return Problem.notFound(e.getMessage());
    } catch (PlacementRefusedException e) {
      return Problem.conflict(e.getMessage());
    } catch (CancellationException e) {
      return Problem.conflict("the placement is recorded and not in force: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return Problem.badRequest(e.getMessage());
    }
  }
}
