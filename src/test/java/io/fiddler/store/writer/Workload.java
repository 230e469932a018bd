package io.fiddler.store.writer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.Phase;
import io.fiddler.store.FaultReport;
import io.fiddler.store.TestStore;
import io.fiddler.usage.RequestRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Requests and activations with totals of their own.
final class Workload {
  private static final Instant NOW = Instant.parse("2026-11-22T10:30:00Z");

  private final SplittableRandom random = new SplittableRandom(1);
  private final ExpertGrid grid = new ExpertGrid(List.of(4, 0, 3));
  private final Counters counters = new Counters(grid);
  private long rows;
  private long counts;

  Optional<CountedModel> model() {
    return counters.as("print");
  }

  /// Hands `requests` over, each with some activations.
  void run(StoreWriter writer, int requests) {
    for (int i = 0; i < requests; i++) {
      var id = grid.at(random.nextInt(grid.size()));
      int times = random.nextInt(1, 20);
      counters.count("t" + i % 2, Phase.values()[i % 2], id.layer(), id.expert(), times);
      counts += times;
      writer.append(request());
      rows++;
    }
  }

  /// One request more, with a text so long that it alone fills any memory.
  void runLong(StoreWriter writer, int characters) {
    writer.append(TestStore.request(NOW, 200, 10, 0.5, "x".repeat(characters)));
    rows++;
  }

  private static RequestRecord request() {
    return TestStore.request(NOW);
  }

  long counts() {
    return counts;
  }

  long rows() {
    return rows;
  }

  /// What became of it.
  FaultReport report(String fault, TestStore store) {
    return FaultReport.of(fault, rows, counts, store);
  }

  /// Everything is in the database, once.
  void assertWritten(FaultReport report) {
    assertThat(report.writtenRows()).as("rows written").isEqualTo(rows);
    assertThat(report.twice()).as("rows written twice").isZero();
    assertThat(report.writtenCounts()).as("activations written").isEqualTo(counts);
    assertThat(report.toldLost()).as("rows told to be lost").isZero();
  }

  /// All but what is told is in the database, once.
  void assertWrittenOrTold(FaultReport report) {
    assertThat(report.toldLost()).as("rows told to be lost").isPositive();
    assertThat(report.writtenRows() + report.toldLost()).as("rows accounted for").isEqualTo(rows);
    assertThat(report.twice()).as("rows written twice").isZero();
    assertThat(report.writtenCounts()).as("activations written").isEqualTo(counts);
  }
}
