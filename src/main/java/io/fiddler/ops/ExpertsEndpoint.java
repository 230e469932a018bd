package io.fiddler.ops;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.ModelSummary;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Residency;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/experts`: how often each expert is chosen and where it lives; `/actuator/experts/3`
/// shows one layer.
@Endpoint(id = "experts")
final class ExpertsEndpoint {
  private final Engine engine;

  ExpertsEndpoint(Engine engine) {
    this.engine = engine;
  }

  @ReadOperation
  WebEndpointResponse<Object> experts() {
    try {
      ModelSummary model = engine.model();
      return report(model, layersWithExperts(model.grid()));
    } catch (EngineNotReadyException e) {
      return Problem.unavailable(e.getMessage());
    }
  }

  @ReadOperation
  WebEndpointResponse<Object> layer(@Selector String layer) {
    try {
      ModelSummary model = engine.model();
      List<Integer> layers = layersWithExperts(model.grid());
      return layers.stream()
          .filter(number -> number.toString().equals(layer))
          .findFirst()
          .map(number -> report(model, List.of(number)))
          .orElseGet(() ->
              Problem.notFound(
                  "layer must be one with experts, %s, got %s".formatted(layers, layer)));
    } catch (EngineNotReadyException e) {
      return Problem.unavailable(e.getMessage());
    }
  }

  private WebEndpointResponse<Object> report(ModelSummary model, List<Integer> numbers) {
    Residency residency = engine.residency();
    Collection<ActivationSnapshot> snapshots = engine.activations().snapshot().values();
    List<ExpertsReport.Layer> layers =
        numbers.stream().map(number -> ExpertsReport.layer(number, residency, snapshots)).toList();
    return new WebEndpointResponse<>(
        new ExpertsReport(
            model.name(), model.fingerprint(), ExpertsReport.summary(layers, residency), layers));
  }

  private static List<Integer> layersWithExperts(ExpertGrid grid) {
    return IntStream.range(0, grid.numLayers())
        .filter(layer -> grid.numExperts(layer) > 0)
        .boxed()
        .toList();
  }
}
