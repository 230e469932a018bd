package io.fiddler.config;

import io.fiddler.engine.file.InvalidFileException;
import io.fiddler.engine.file.PlacementFile;
import io.fiddler.engine.file.StatisticsFile;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.learning.PrimedHistory;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.Placement;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files that settings name: what was learned on other hosts. Each is read once. Thread-safe.
final class LearnedElsewhere implements PrimedHistory.Elsewhere {
  private static final Logger LOG = LoggerFactory.getLogger(LearnedElsewhere.class);

  private final Optional<Path> statisticsFile;
  private final Optional<Path> placementFile;
  private final Map<String, Map<String, ActivationStatistics>> statistics =
      new ConcurrentHashMap<>();

  /// @param statisticsFile `fiddler.placement.statistics`
  /// @param placementFile `fiddler.placement.file`
  LearnedElsewhere(Optional<Path> statisticsFile, Optional<Path> placementFile) {
    this.statisticsFile = statisticsFile;
    this.placementFile = placementFile;
  }

  /// The statistics of `fiddler.placement.statistics`.
  ///
  /// @throws StartupException if the file cannot be used
  @Override
  public Map<String, ActivationStatistics> of(String fingerprint, ExpertGrid grid) {
    return statisticsFile
        .map(file -> statistics.computeIfAbsent(fingerprint, _ -> read(file, fingerprint, grid)))
        .orElse(Map.of());
  }

  private static Map<String, ActivationStatistics> read(
      Path file, String fingerprint, ExpertGrid grid) {
    StatisticsFile read =
        checked("fiddler.placement.statistics", () -> StatisticsFile.read(file, fingerprint, grid));
    LOG.info(
        "Placements are planned from {} too, {} choices of experts, until the history outweighs it",
        file,
        String.format(Locale.ROOT, "%.0f", read.total(grid).total()));
    return read.byTenant();
  }

  /// Where the placement to start with comes from, for people.
  String placementSource() {
    return placementFile.map(file -> "from " + file).orElse("from nowhere");
  }

  /// The placement of `fiddler.placement.file`.
  ///
  /// @throws StartupException if the file cannot be used
  Optional<Placement> placement(String fingerprint, ExpertGrid grid) {
    return placementFile.map(file ->
        checked("fiddler.placement.file", () -> PlacementFile.read(file, fingerprint, grid))
            .placement());
  }

  private static <T> T checked(String key, Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidFileException e) {
      throw new StartupException(key + ": " + e.getMessage(), e);
    }
  }
}
