package io.fiddler.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;

/// Runs inputs, each of some parts, and counts what became of them. The first of its kind that
/// should not have ended as it did is run again with fewer parts, as long as it still ends so, and
/// reported.
///
/// @param name of the fuzzer, and of its report
/// @param seed of all inputs
/// @param workers how many inputs run at once
/// @param <P> a part of an input
record Fuzzing<P>(String name, long seed, int workers) {
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
    long begin = System.nanoTime();
    Tally tally = new Tally();
    SplittableRandom seeds = new SplittableRandom(seed);
    long[] own = LongStream.generate(seeds::nextLong).limit(inputs).toArray();
    AtomicInteger next = new AtomicInteger();
    Callable<Integer> worker =
        () -> {
          int done = 0;
          for (int i = next.getAndIncrement();
              i < inputs && tally.findings() < MOST_FINDINGS;
              i = next.getAndIncrement()) {
            List<P> input = generator.apply(new SplittableRandom(own[i]));
            Outcome outcome = run.apply(input);
            if (tally.isNew(outcome)) {
              List<P> small = smaller(input, outcome.kind(), run);
              tally.add(
                  "input %d of seed %d: %s%n  with %s"
                      .formatted(i, seed, outcome.finding(), small));
            }
            done++;
          }
          return done;
        };
    int done = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : threads.invokeAll(Collections.nCopies(workers, worker))) {
        done += each.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("an input ended neither well nor as a finding", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    Report report = tally.report(name, seed, done);
    write(report, Duration.ofNanos(System.nanoTime() - begin));
    return report;
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
