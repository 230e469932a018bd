package io.fiddler.engine.file;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Activation statistics as JSON: what `fiddler profile` writes. `counts` has a row for each
/// tenant, phase and layer that anything was counted for, with one count for each of the layer's
/// experts.
///
/// ```
/// {"version": 1, "model": "tiny-moe", "fingerprint": "9f86...", "expertsOfLayer": [8, 8, 8, 8, 8, 8],
///  "counts": [{"tenant": "default", "phase": "prefill", "layer": 0,
///              "counts": [712, 90, 455, 1210, 388, 502, 96, 1043]}, ...]}
/// ```
///
/// @param model its name, for people
/// @param fingerprint of the model
/// @param byTenant counts of each tenant
public record StatisticsFile(
    String model, String fingerprint, Map<String, ActivationStatistics> byTenant) {
  private static final int VERSION = 1;

  public StatisticsFile {
    byTenant = new TreeMap<>(byTenant);
  }

  /// The JSON; names are the format.
  private record Json(
      int version,
      String model,
      String fingerprint,
      List<Integer> expertsOfLayer,
      List<Row> counts) {}

  private record Row(String tenant, String phase, int layer, List<Number> counts) {}

  /// All tenants' counts.
  public ActivationStatistics total(ExpertGrid grid) {
    return ActivationStatistics.sum(grid, byTenant.values());
  }

  /// Reads the statistics of a model.
  ///
  /// @throws InvalidFileException if the file cannot be read, is of another model or version, or
  ///   counts do not fit the model's experts
  public static StatisticsFile read(Path file, String fingerprint, ExpertGrid grid) {
    Fields json = JsonFile.read(file);
    int version = json.integer("version");
    if (version != VERSION) {
      throw json.wrong("version", Integer.toString(VERSION), version);
    }
    ModelCheck.requireFingerprint(json, fingerprint);
    Map<String, ActivationStatistics> byTenant = new TreeMap<>();
    for (Fields row : json.objects("counts")) {
      addRow(
          row, byTenant.computeIfAbsent(row.text("tenant"), _ -> new ActivationStatistics(grid)));
    }
    return new StatisticsFile(json.text("model"), fingerprint, byTenant);
  }

  private static void addRow(Fields row, ActivationStatistics statistics) {
    ExpertGrid grid = statistics.grid();
    Phase phase = phase(row);
    int layer = row.integer("layer");
    if (layer < 0 || layer >= grid.numLayers()) {
      throw row.wrong("layer", "in [0, %d)".formatted(grid.numLayers()), layer);
    }
    double[] counts = row.numbers("counts");
    if (counts.length != grid.numExperts(layer)) {
      throw row.wrong(
          "counts",
          "of the %d experts of layer %d".formatted(grid.numExperts(layer), layer),
          counts.length);
    }
    for (int expert = 0; expert < counts.length; expert++) {
      statistics.add(phase, layer, expert, counts[expert]);
    }
  }

  private static Phase phase(Fields row) {
    String text = row.text("phase");
    return Arrays.stream(Phase.values())
        .filter(phase -> name(phase).equals(text))
        .findFirst()
        .orElseThrow(() -> row.wrong("phase", "prefill or decode", text));
  }

  /// Writes them.
  ///
  /// @throws InvalidFileException if the file cannot be written
  public void write(Path file, ExpertGrid grid) {
    List<Integer> expertsOfLayer = new ArrayList<>();
    for (int layer = 0; layer < grid.numLayers(); layer++) {
      expertsOfLayer.add(grid.numExperts(layer));
    }
    List<Row> rows = new ArrayList<>();
    byTenant.forEach((tenant, statistics) -> addRows(rows, tenant, statistics));
    JsonFile.write(file, new Json(VERSION, model, fingerprint, expertsOfLayer, rows));
  }

  private static void addRows(List<Row> rows, String tenant, ActivationStatistics statistics) {
    ExpertGrid grid = statistics.grid();
    for (Phase phase : Phase.values()) {
      for (int layer = 0; layer < grid.numLayers(); layer++) {
        List<Number> counts = new ArrayList<>();
        boolean any = false;
        for (int expert = 0; expert < grid.numExperts(layer); expert++) {
          double count = statistics.count(phase, grid.indexOf(layer, expert));
          any |= count > 0;
          counts.add(whole(count));
        }
        if (any) {
          rows.add(new Row(tenant, name(phase), layer, counts));
        }
      }
    }
  }

  /// Counts are whole numbers and are written as such; decayed ones are not.
  private static Number whole(double count) {
    return count == Math.rint(count) && count < 1L << 53 ? (Number) (long) count : (Number) count;
  }

  private static String name(Phase phase) {
    return phase.name().toLowerCase(Locale.ROOT);
  }
}
