package io.fiddler.bench;

import io.fiddler.bench.cli.UsageException;
import io.fiddler.bench.report.BenchReport;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Where a report's JSON goes: nowhere, into a file, which is written anew whenever there is more,
/// or to standard output in the end.
final class ReportFile {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final @Nullable Path file;
  private final @Nullable PrintStream out;
  private @Nullable BenchReport last;

  private ReportFile(@Nullable Path file, @Nullable PrintStream out) {
    this.file = file;
    this.out = out;
  }

  /// @param json a file, `-` for `out`, or nothing
  /// @throws UsageException if the file cannot be written; better known before an hour's run
  static ReportFile of(Optional<String> json, PrintStream out) {
    if (json.isEmpty()) {
      return new ReportFile(null, null);
    }
    if (json.get().equals("-")) {
      return new ReportFile(null, out);
    }
    try {
      Path file = Path.of(json.get());
      Files.writeString(file, "");
      return new ReportFile(file, null);
    } catch (IOException | InvalidPathException e) {
      throw new UsageException("--json must be a file that can be written, got " + json.get());
    }
  }

  /// The report so far.
  void write(BenchReport report) {
    last = report;
    if (file != null) {
      try {
        Files.writeString(file, JSON.writeValueAsString(report) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException("the report cannot be written to " + file, e);
      }
    }
  }

  /// Nothing more will come.
  void close() {
    if (out != null && last != null) {
      out.println(JSON.writeValueAsString(last));
    }
  }
}
