package io.fiddler.engine.timeline;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Writes a timeline as a file for a trace viewer, see {@link TraceDocument}.
public final class TraceFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private TraceFile() {}

  /// Writes `intervals`, which may be of several steps, to `file`; replaces one that is there.
  ///
  /// @throws IOException if the file cannot be written
  public static void write(Path file, List<LaneInterval> intervals) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      JSON.writeValue(out, TraceDocument.of(intervals));
    }
  }
}
