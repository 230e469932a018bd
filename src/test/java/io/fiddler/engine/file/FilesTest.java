package io.fiddler.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.expert.ExpertGrid;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FilesTest {
  private static final ExpertGrid GRID = new ExpertGrid(List.of(2, 0, 3));

  @TempDir private Path folder;

  @Test
  void placement_isReadAsItWasWritten() throws IOException {
    Placement placement =
        new Placement(
            List.of(
                new ScoredExpert(new ExpertId(2, 1), 0.75),
                new ScoredExpert(new ExpertId(0, 0), 0.5)),
            "blend",
            Map.of("recent", "0.5"),
            new HitRateForecast(0.5, 0.4, 0.6, 0.05));
    Path file = folder.resolve("placement.json");

    new PlacementFile("f00d", placement).write(file);

    assertThat(PlacementFile.read(file, "f00d", GRID))
        .isEqualTo(new PlacementFile("f00d", placement));
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void placement_isWrittenToWhereALinkPoints_andTheLinkStays() throws IOException {
    PlacementFile placement =
        new PlacementFile(
            "f00d", new Placement(List.of(), "even", Map.of(), new HitRateForecast(0, 0, 0, 1)));
    Path file = Files.writeString(folder.resolve("placement.json"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);

    placement.write(link);

    assertThat(link).isSymbolicLink();
    assertThat(PlacementFile.read(file, "f00d", GRID)).isEqualTo(placement);
  }

  @Test
  void placement_isReadFromWhatActuatorAnswers() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("answer.json"),
            """
            {"version": 7, "policy": "frequency", "parameters": {"capacity": "2", "assignments": "4,800"},
             "createdAt": "2026-03-04T05:06:07.089Z", "author": "operator", "fingerprint": "f00d", "capacity": 2,
             "windowStart": null, "windowEnd": null, "forecastHitRate": 0.5, "forecastHitRatePrefill": 0.4,
             "forecastHitRateDecode": 0.6, "forecastUncertainty": 0.1, "actualHitRate": 0.4,
             "assignments": {"prefill": 3, "decode": 4, "total": 7}, "pinned": null, "epoch": 0,
             "experts": [{"layer": 2, "expert": 2, "score": 0.5}, {"layer": 0, "expert": 1, "score": 0.5}]}
            """);

    Placement read = PlacementFile.read(file, "f00d", GRID).placement();

    assertThat(read.policy()).isEqualTo("frequency");
    assertThat(read.parameters()).containsEntry("capacity", "2");
    assertThat(read.forecast()).isEqualTo(new HitRateForecast(0.5, 0.4, 0.6, 0.1));
    assertThat(read.experts())
        .extracting(ScoredExpert::id)
        .containsExactly(new ExpertId(2, 2), new ExpertId(0, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{"layer": 3, "expert": 0}]                           | experts[0].layer must be in [0, 3), got 3
          [{"layer": 0, "expert": 1}, {"layer": 0, "expert": 2}] | experts[1].expert must be in [0, 2) in layer 0, got 2
          [{"layer": 0, "expert": 1}, {"layer": 0, "expert": 1}] | experts[1].expert must be listed once, got expert 1 of layer 0 again
          [{"layer": 0}]                                        | experts[0].expert must be a whole number, got nothing
          [{"layer": 0, "expert": 0.5}]                         | experts[0].expert must be a whole number, got 0.5
          [{"layer": 0, "expert": 1, "score": -1}]              | experts[0].score must be a number of at least 0, got -1
          [7]                                                   | experts[0] must be an object, got 7
          {}                                                    | experts must be an array, got an object
          """)
  void placement_isRefusedWithOneSentence_whenItsExpertsAreWrong(String experts, String sentence)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("placement.json"),
            """
            {"fingerprint": "f00d", "policy": "even", "forecastHitRate": 0.5, "experts": %s}
            """
                .formatted(experts));

    assertThatThrownBy(() -> PlacementFile.read(file, "f00d", GRID))
        .isInstanceOf(InvalidFileException.class)
        .hasMessage("%s (%s)", sentence, file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"policy": "even"}                                                     | fingerprint must be a text, got nothing
          {"fingerprint": "beef"}                                                | fingerprint must be that of the model served, f00d, got beef: the file was made for another model
          {"fingerprint": "f00d"}                                                | forecastHitRate must be a number in [0, 1], got nothing
          {"fingerprint": "f00d", "forecastHitRate": 1.5}                        | forecastHitRate must be a number in [0, 1], got 1.5
          {"fingerprint": "f00d", "forecastHitRate": 1, "experts": []}           | policy must be a text, got nothing
          {"fingerprint": "f00d", "forecastHitRate": 1, "experts": [], "policy": "x", "parameters": 1} | parameters must be an object, got 1
          """)
  void placement_isRefusedWithOneSentence_whenAFieldIsWrong(String json, String sentence)
      throws IOException {
    Path file = Files.writeString(folder.resolve("placement.json"), json);

    assertThatThrownBy(() -> PlacementFile.read(file, "f00d", GRID))
        .isInstanceOf(InvalidFileException.class)
        .hasMessage("%s (%s)", sentence, file);
  }

  @Test
  void files_areRefusedWithOneSentence_whenTheyAreNoJsonObject() throws IOException {
    Path file = folder.resolve("placement.json");
    assertThatThrownBy(() -> PlacementFile.read(file, "f00d", GRID))
        .hasMessage("there is no file %s", file);
    Files.writeString(file, "{\n\"fingerprint\": }");
    assertThatThrownBy(() -> StatisticsFile.read(file, "f00d", GRID))
        .hasMessageStartingWith(file + " is not valid JSON: ")
        .hasMessageEndingWith("(line 2)");
    Files.writeString(file, "[]");
    assertThatThrownBy(() -> StatisticsFile.read(file, "f00d", GRID))
        .hasMessage("%s must be a JSON object", file);
    assertThatThrownBy(() -> StatisticsFile.read(folder, "f00d", GRID))
        .isInstanceOf(InvalidFileException.class)
        .hasMessageContaining("cannot be read");
  }

  @Test
  void statistics_areReadAsTheyWereWritten() throws IOException {
    ActivationStatistics alice = new ActivationStatistics(GRID);
    alice.add(Phase.PREFILL, 0, 1, 12);
    alice.add(Phase.DECODE, 2, 2, 0.25);
    ActivationStatistics bob = new ActivationStatistics(GRID);
    bob.add(Phase.DECODE, 2, 0, 1e12);
    Path file = folder.resolve("statistics.json");

    new StatisticsFile("fake", "f00d", Map.of("alice", alice, "bob", bob)).write(file, GRID);

    StatisticsFile read = StatisticsFile.read(file, "f00d", GRID);
    assertThat(read.byTenant()).containsOnlyKeys("alice", "bob");
    assertThat(read.model()).isEqualTo("fake");
    ActivationStatistics total = read.total(GRID);
    assertThat(total.count(Phase.PREFILL, 1)).isEqualTo(12);
    assertThat(total.count(Phase.DECODE, 2)).isEqualTo(1e12);
    assertThat(total.count(Phase.DECODE, 4)).isEqualTo(0.25);
    assertThat(total.total()).isEqualTo(12 + 1e12 + 0.25);
    assertThat(Files.readString(file)).contains("\"version\" : 1", "12", "1000000000000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"tenant": "a", "phase": "decode", "layer": 3, "counts": []}         | counts[0].layer must be in [0, 3), got 3
          {"tenant": "a", "phase": "decode", "layer": 0, "counts": [1]}        | counts[0].counts must be of the 2 experts of layer 0, got 1
          {"tenant": "a", "phase": "decode", "layer": 0, "counts": [1, -1]}    | counts[0].counts[1] must be a number of at least 0, got -1
          {"tenant": "a", "phase": "decode", "layer": 0, "counts": [1, "2"]}   | counts[0].counts[1] must be a number of at least 0, got "2"
          {"tenant": "a", "phase": "training", "layer": 0, "counts": [1, 2]}   | counts[0].phase must be prefill or decode, got training
          {"phase": "decode", "layer": 0, "counts": [1, 2]}                    | counts[0].tenant must be a text, got nothing
          """)
  void statistics_areRefusedWithOneSentence_whenARowIsWrong(String row, String sentence)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("statistics.json"),
            """
            {"version": 1, "model": "fake", "fingerprint": "f00d", "counts": [%s]}
            """
                .formatted(row));

    assertThatThrownBy(() -> StatisticsFile.read(file, "f00d", GRID))
        .isInstanceOf(InvalidFileException.class)
        .hasMessage("%s (%s)", sentence, file);
  }

  @Test
  void statistics_areRefused_whenTheyAreOfALaterVersion() throws IOException {
    Path file = Files.writeString(folder.resolve("statistics.json"), "{\"version\": 2}");

    assertThatThrownBy(() -> StatisticsFile.read(file, "f00d", GRID))
        .hasMessage("version must be 1, got 2 (%s)", file);
  }
}
