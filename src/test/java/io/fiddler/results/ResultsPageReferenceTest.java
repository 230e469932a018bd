package io.fiddler.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.GeneratedDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `src/docs/benchmarks/README.md` and its pictures are written from the raw results.
final class ResultsPageReferenceTest {
  private static final Path FOLDER = Path.of("src", "docs", "benchmarks");

  @Test
  void page_showsWhatWasMeasured() throws IOException {
    List<BenchRun> runs = BenchRun.below(FOLDER.resolve("raw"));
    assertThat(runs).isNotEmpty();
    Set<String> pictures = new TreeSet<>();
    for (BenchRun run : runs) {
      for (String phase : List.of("decode", "prefill")) {
        if (!run.rates(phase).isEmpty()) {
          String name = ResultsPage.file(run, phase);
          BarChart chart = new BarChart(ResultsPage.title(phase), "tokens/s", run.rates(phase));
          new GeneratedDocument("benchmarks/" + name).requireIs(chart.svg());
          pictures.add(name);
        }
      }
    }
    new GeneratedDocument("benchmarks/README.md").requireIs(new ResultsPage(runs).text());
    assertThat(drawn()).as("no picture of a run that is gone").isEqualTo(pictures);
  }

  private static Set<String> drawn() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER.resolve("pictures"))) {
      return files
          .map(file -> FOLDER.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
