package io.fiddler.engine.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.engine.timeline.LaneWork.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class TraceFileTest {
  private static final long ORIGIN = -1_234_567;

  @TempDir private Path folder;

  @Test
  void trace_hasANamedThreadForEveryLane_andAnEventForEveryInterval() throws IOException {
    LaneWork copy = LaneWork.of("copy", 3, new Part(5, 2, 10, 2, 14), 50_000_000, "split");
    LaneWork host =
        new LaneWork(
            "compute",
            3,
            List.of(new Part(1, 1, 0, 14, 14), new Part(5, 2, 0, 10, 14)),
            3,
            9_000,
            "host");
    Path file = folder.resolve("trace.json");
    TraceFile.write(
        file,
        List.of(
            new LaneInterval(TimelineLane.HOST, host, ORIGIN + 2_000, ORIGIN + 5_500),
            new LaneInterval(TimelineLane.COPY, copy, ORIGIN, ORIGIN + 1_500)));

    JsonNode trace = JsonMapper.shared().readTree(Files.readString(file));

    assertThat(events(trace, "M").stream().map(e -> e.at("/args/name").asString()))
        .contains("steps", "host (CPU workers)", "copy engine", "device compute");
    List<JsonNode> events = events(trace, "X");
    assertThat(events).hasSize(2);
    assertThat(events.getFirst().get("name").asString()).isEqualTo("compute layer 3 1 5");
    assertThat(events.getFirst().get("ts").asDouble()).isEqualTo(2);
    assertThat(events.getFirst().get("dur").asDouble()).isEqualTo(3.5);
    assertThat(events.getFirst().at("/args/experts").size()).isEqualTo(2);
    JsonNode second = events.getLast();
    assertThat(second.get("name").asString()).isEqualTo("copy layer 3 expert 5 slice 10-11");
    assertThat(second.get("ts").asDouble()).isZero();
    assertThat(second.get("tid").asInt()).isEqualTo(TimelineLane.COPY.ordinal());
    assertThat(second.at("/args/rows").asInt()).isEqualTo(2);
    assertThat(second.at("/args/bytes").asLong()).isEqualTo(50_000_000);
    assertThat(second.at("/args/way").asString()).isEqualTo("split");
  }

  @Test
  void trace_isValid_whenNothingWasRecorded() throws IOException {
    Path file = folder.resolve("empty.json");
    TraceFile.write(file, List.of());
    assertThat(events(JsonMapper.shared().readTree(Files.readString(file)), "X")).isEmpty();
  }

  @Test
  void interval_isRefused_whenItEndsBeforeItStarts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new LaneInterval(TimelineLane.HOST, LaneWork.of("compute", 1, 1), 10, 9))
        .withMessageContaining("got -1 ns for compute layer 1 on HOST");
  }

  private static List<JsonNode> events(JsonNode trace, String phase) {
    return trace
        .get("traceEvents")
        .valueStream()
        .filter(event -> event.get("ph").asString().equals(phase))
        .toList();
  }
}
