package io.fiddler.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The rows of the table in `src/docs/exactly-once.md`: every test of a fault writes what it
/// counted to `target/exactly-once`.
///
/// @param fault what was done
/// @param rows request rows handed over
/// @param counts activations counted
/// @param writtenRows distinct rows in the database
/// @param twice rows there beyond one of each
/// @param writtenCounts activations there
/// @param toldLost rows whose loss is told
public record FaultReport(
    String fault,
    long rows,
    long counts,
    long writtenRows,
    long twice,
    long writtenCounts,
    long toldLost) {
  private static final Path FOLDER = Path.of("target", "exactly-once");

  /// Counts what is in a database.
  ///
  /// @param rows request rows handed over
  /// @param counts activations counted
  public static FaultReport of(String fault, long rows, long counts, TestStore store) {
    long all = store.count("select count(*) from request_log");
    long distinct = store.count("select count(distinct id) from request_log");
    return new FaultReport(
        fault,
        rows,
        counts,
        distinct,
        all - distinct,
        store.count("select coalesce(sum(count), 0) from expert_activation_by_expert"),
        store.count("select coalesce(sum(requests), 0) from request_loss"));
  }

  /// Keeps it as a row of the table.
  ///
  /// @param place in the table
  public FaultReport write(int place) {
    try {
      Files.createDirectories(FOLDER);
      Files.writeString(
          FOLDER.resolve("%02d.md".formatted(place)),
          "| %s | %,d | %,d | %,d | %,d | %,d | %,d | %,d |%n"
              .formatted(
                  fault,
                  rows,
                  writtenRows,
                  twice,
                  rows - writtenRows,
                  toldLost,
                  counts,
                  writtenCounts));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
