package io.fiddler.config.command;

import io.fiddler.expert.ExpertTrace;
import io.fiddler.usage.TraceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Traces as a file of lines, each a JSON object: for simulations on another machine.
final class TraceFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private TraceFile() {}

  /// A line.
  @SuppressWarnings("ArrayRecordComponent") // written and read, never compared
  private record Line(
      UUID id,
      Instant at,
      String tenant,
      String fingerprint,
      int promptTokens,
      int tokens,
      int numLayers,
      int topK,
      short[] choices) {
    static Line of(TraceRecord record) {
      ExpertTrace trace = record.trace();
      return new Line(
          record.id(),
          record.createdAt(),
          record.tenant(),
          record.fingerprint(),
          trace.promptTokens(),
          trace.tokens(),
          trace.numLayers(),
          trace.topK(),
          trace.choices());
    }

    TraceRecord record() {
      return new TraceRecord(
          id,
          at,
          tenant,
          fingerprint,
          new ExpertTrace(promptTokens, tokens, numLayers, topK, choices));
    }
  }

  static void write(Path file, List<TraceRecord> traces) throws IOException {
    List<String> lines = new ArrayList<>();
    for (TraceRecord trace : traces) {
      lines.add(JSON.writeValueAsString(Line.of(trace)));
    }
    Files.write(file, lines);
  }

  /// @throws IOException naming the line that is wrong
  static List<TraceRecord> read(Path file) throws IOException {
    List<TraceRecord> traces = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      try {
        if (!line.isBlank()) {
          traces.add(JSON.readValue(line, Line.class).record());
        }
      } catch (JacksonException e) {
        throw new IOException(
            "line %d of %s is no trace: %s".formatted(number, file, e.getOriginalMessage()), e);
      } catch (IllegalArgumentException e) {
        throw new IOException(
            "line %d of %s is no trace: %s".formatted(number, file, e.getMessage()), e);
      }
    }
    return traces;
  }
}
