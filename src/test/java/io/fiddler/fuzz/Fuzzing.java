package io.fiddler.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/// Runs inputs, each of some parts, and counts what became of them. The first of its kind that
/// should not have ended as it did is run again with fewer parts, as long as it still ends so, and
/// reported.
///
/// @param name of the fuzzer, and of its report
/// @param seed of all inputs
/// @param <P> a part of an input
record Fuzzing<P>(String name, long seed) {
  private static final int MOST_FINDINGS = 25;

  /// What became of an input.
  ///
  /// @param kind in which the report counts it
  /// @param finding what is wrong with it; empty if nothing is
  record Outcome(String kind, String finding) {
    static Outcome fine(String kind) {
      return new Outcome(kind, "");
    }

    static Outcome wrong(String kind, String finding) {
      return new Outcome(kind, finding.isEmpty() ? kind : finding);
    }

    boolean isFine() {
      return finding.isEmpty();
    }
  }

  /// How often what happened.
  ///
  /// @param inputs all
  /// @param kinds how many by kind
  /// @param findings each with what reproduces it
  record Report(
      String name, long seed, int inputs, Map<String, Integer> kinds, List<String> findings) {}

  /// How many inputs: the full number with `-Psoak`, a sample without.
  static int inputs(String name, int sample, int full) {
    return Integer.getInteger(
        "fiddler.fuzz." + name, Boolean.getBoolean("fiddler.soak") ? full : sample);
  }

  /// Runs them; the report is also written to `target/soak`.
  Report run(
      int inputs, Function<SplittableRandom, List<P>> generator, Function<List<P>, Outcome> run) {
    Map<String, Integer> kinds = new TreeMap<>();
    List<String> findings = new ArrayList<>();
    Set<String> known = new HashSet<>();
    long begin = System.nanoTime();
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int i = 0; i < inputs && findings.size() < MOST_FINDINGS; i++) {
      long own = seeds.nextLong();
      List<P> input = generator.apply(new SplittableRandom(own));
      Outcome outcome = run.apply(input);
      kinds.merge(outcome.kind(), 1, Integer::sum);
      if (!outcome.isFine() && known.add(signature(outcome))) {
        List<P> small = smaller(input, outcome.kind(), run);
        findings.add(
            "input %d of seed %d: %s%n  with %s".formatted(i, seed, outcome.finding(), small));
      }
    }
    Report report = new Report(name, seed, inputs, kinds, findings);
    write(report, Duration.ofNanos(System.nanoTime() - begin));
    return report;
  }

  /// Findings that differ in numbers and names only are one.
  private static String signature(Outcome outcome) {
    String text = outcome.finding().replaceAll("\"[^\"]*\"|[0-9]+", "#");
    return outcome.kind() + text.substring(0, Math.min(100, text.length()));
  }

  private List<P> smaller(List<P> input, String kind, Function<List<P>, Outcome> run) {
    List<P> small = new ArrayList<>(input);
    for (int i = small.size() - 1; i >= 0 && small.size() > 1; i--) {
      P left = small.remove(i);
      Outcome again = run.apply(List.copyOf(small));
      if (again.isFine() || !again.kind().equals(kind)) {
        small.add(i, left);
      }
    }
    return small;
  }

  private static void write(Report report, Duration time) {
    Path folder = Path.of("target", "soak");
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("fuzz-" + report.name() + ".json"),
          JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report));
      StringBuilder text = new StringBuilder();
      text.append(
          String.format(
              Locale.ROOT,
              "%s: %d inputs of seed %d in %.0f s, %d findings%n%n| ended as | inputs |%n|---|---|%n",
              report.name(),
              report.inputs(),
              report.seed(),
              time.toMillis() / 1e3,
              report.findings().size()));
      report.kinds().forEach((kind, count) -> text.append("| %s | %d |%n".formatted(kind, count)));
      report.findings().forEach(finding -> text.append('\n').append(finding).append('\n'));
      Files.writeString(folder.resolve("fuzz-" + report.name() + ".md"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
