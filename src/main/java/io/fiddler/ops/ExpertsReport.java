package io.fiddler.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fiddler.expert.ActivationSnapshot;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.expert.Residency;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Every expert as `GET /actuator/experts` shows it: how often the routers chose it since the model
/// was loaded, and where it lives.
///
/// @param model name
/// @param fingerprint of the model
/// @param summary over everything shown
/// @param layers the layers that have experts
record ExpertsReport(String model, String fingerprint, Summary summary, List<Layer> layers) {
  /// Over all layers shown.
  ///
  /// @param experts how many there are
  /// @param resident how many are on the device
  /// @param residentShare share of the assignments so far that went to experts now resident, in [0,
  ///   1]
  /// @param placementVersion placement that residency follows
  /// @param residencyEpoch counts the changes of residency
  /// @param assignments chosen experts
  record Summary(
      int experts,
      int resident,
      double residentShare,
      long placementVersion,
      long residencyEpoch,
      PhaseCounts assignments) {}

  /// One layer.
  ///
  /// @param layer zero-based
  /// @param resident how many of its experts are on the device
  /// @param residentShare as in the summary
  /// @param assignments chosen experts
  /// @param experts each of them
  record Layer(
      int layer,
      int resident,
      double residentShare,
      PhaseCounts assignments,
      List<ExpertRow> experts) {}

  /// One expert.
  ///
  /// @param expert index in the layer
  /// @param lives `resident` (on the device) or `host`
  /// @param frame its room on the device; none on the host
  /// @param share of the layer's assignments, in [0, 1]
  /// @param assignments how often it was chosen
  record ExpertRow(
      int expert,
      String lives,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer frame,
      double share,
      PhaseCounts assignments) {
    boolean isResident() {
      return frame != null;
    }
  }

  static Layer layer(int layer, Residency residency, Collection<ActivationSnapshot> snapshots) {
    ExpertGrid grid = residency.grid();
    List<PhaseCounts> counts =
        IntStream.range(0, grid.numExperts(layer))
            .mapToObj(expert -> counts(snapshots, grid.indexOf(layer, expert)))
            .toList();
    PhaseCounts all = sum(counts);
    List<ExpertRow> rows =
        IntStream.range(0, counts.size())
            .mapToObj(expert -> row(layer, expert, residency, counts.get(expert), all.total()))
            .toList();
    int resident = (int) rows.stream().filter(ExpertRow::isResident).count();
    return new Layer(layer, resident, share(residentTotal(rows), all.total()), all, rows);
  }

  static Summary summary(List<Layer> layers, Residency residency) {
    List<ExpertRow> rows = layers.stream().flatMap(layer -> layer.experts().stream()).toList();
    PhaseCounts all = sum(layers.stream().map(Layer::assignments).toList());
    return new Summary(
        rows.size(),
        layers.stream().mapToInt(Layer::resident).sum(),
        share(residentTotal(rows), all.total()),
        residency.placementVersion(),
        residency.epoch(),
        all);
  }

  private static ExpertRow row(
      int layer, int expert, Residency residency, PhaseCounts counts, long layerTotal) {
    boolean resident = residency.isResident(layer, expert);
    return new ExpertRow(
        expert,
        resident ? "resident" : "host",
        resident ? residency.frameOf(layer, expert) : null,
        share(counts.total(), layerTotal),
        counts);
  }

  private static PhaseCounts counts(Collection<ActivationSnapshot> snapshots, int index) {
    return sum(
        snapshots.stream()
            .map(s -> new PhaseCounts(s.count(Phase.PREFILL, index), s.count(Phase.DECODE, index)))
            .toList());
  }

  private static long residentTotal(List<ExpertRow> rows) {
    return rows.stream()
        .filter(ExpertRow::isResident)
        .mapToLong(row -> row.assignments().total())
        .sum();
  }

  private static PhaseCounts sum(List<PhaseCounts> counts) {
    return counts.stream().reduce(new PhaseCounts(0, 0), PhaseCounts::plus);
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
