package io.fiddler.engine.file;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A placement as JSON: what `fiddler profile --placement=FILE` writes, and what Actuator's
/// `placement` and `placements/{version}` answer, which has more fields; these are passed over.
///
/// ```
/// {"fingerprint": "9f86...", "policy": "frequency", "parameters": {"capacity": "12"},
///  "forecastHitRate": 0.52, "forecastHitRatePrefill": 0.52, "forecastHitRateDecode": 0.53,
///  "forecastUncertainty": 0.04,
///  "experts": [{"layer": 0, "expert": 3, "score": 0.31}, ...]}
/// ```
///
/// `experts` are in order, the best first, each once. Of the forecast only `forecastHitRate` is
/// needed; the phases' are then the same.
///
/// @param fingerprint of the model
/// @param placement what is wanted
public record PlacementFile(String fingerprint, Placement placement) {

  /// The JSON; names are the format.
  private record Json(
      String fingerprint,
      String policy,
      Map<String, String> parameters,
      double forecastHitRate,
      double forecastHitRatePrefill,
      double forecastHitRateDecode,
      double forecastUncertainty,
      List<Wanted> experts) {}

  private record Wanted(int layer, int expert, double score) {}

  /// Reads a placement for a model.
  ///
  /// @throws InvalidFileException if it cannot be read, is of another model, or names an expert
  ///   that the model has not or twice
  public static PlacementFile read(Path file, String fingerprint, ExpertGrid grid) {
    Fields json = JsonFile.read(file);
    ModelCheck.requireFingerprint(json, fingerprint);
    double overall = json.number("forecastHitRate", 1);
    return new PlacementFile(
        fingerprint,
        new Placement(
            experts(json, grid),
            json.text("policy"),
            json.texts("parameters"),
            new HitRateForecast(
                overall,
                json.number("forecastHitRatePrefill", 1, overall),
                json.number("forecastHitRateDecode", 1, overall),
                json.number("forecastUncertainty", 1, 1))));
  }

  private static List<ScoredExpert> experts(Fields json, ExpertGrid grid) {
    Set<ExpertId> seen = new HashSet<>();
    List<ScoredExpert> experts = new ArrayList<>();
    for (Fields wanted : json.objects("experts")) {
      int layer = wanted.integer("layer");
      if (layer < 0 || layer >= grid.numLayers()) {
        throw wanted.wrong("layer", "in [0, %d)".formatted(grid.numLayers()), layer);
      }
      int expert = wanted.integer("expert");
      if (expert < 0 || expert >= grid.numExperts(layer)) {
        throw wanted.wrong(
            "expert", "in [0, %d) in layer %d".formatted(grid.numExperts(layer), layer), expert);
      }
      ExpertId id = new ExpertId(layer, expert);
      if (!seen.add(id)) {
        throw wanted.wrong(
            "expert", "listed once", "expert %d of layer %d again".formatted(expert, layer));
      }
      experts.add(new ScoredExpert(id, wanted.number("score", Double.MAX_VALUE, 0)));
    }
    return experts;
  }

  /// Writes it.
  ///
  /// @throws InvalidFileException if it cannot be written
  public void write(Path file) {
    HitRateForecast forecast = placement.forecast();
    JsonFile.write(
        file,
        new Json(
            fingerprint,
            placement.policy(),
            new TreeMap<>(placement.parameters()),
            forecast.overall(),
            forecast.prefill(),
            forecast.decode(),
            forecast.uncertainty(),
            placement.experts().stream()
                .map(one -> new Wanted(one.id().layer(), one.id().expert(), one.score()))
                .toList()));
  }
}
