package io.fiddler.fuzz;

import io.fiddler.fuzz.Fuzzing.Outcome;
import io.fiddler.fuzz.Fuzzing.Report;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What became of the inputs so far, and what was found. Thread-safe.
final class Tally {
  private static final Logger LOG = LoggerFactory.getLogger(Tally.class);
  private static final int SIGNATURE = 100;

  private final Map<String, Integer> kinds = new TreeMap<>();
  private final List<String> findings = new ArrayList<>();
  private final Set<String> known = new HashSet<>();

  /// Counts an outcome; tells whether it is a finding that none before it was.
  synchronized boolean isNew(Outcome outcome) {
    kinds.merge(outcome.kind(), 1, Integer::sum);
    return !outcome.isFine() && known.add(signature(outcome));
  }

  /// Also into the log: a long run need not be over to tell.
  synchronized void add(String finding) {
    LOG.warn("Finding: {}", finding);
    findings.add(finding);
  }

  synchronized int findings() {
    return findings.size();
  }

  synchronized Report report(String name, long seed, int inputs) {
    return new Report(name, seed, inputs, new TreeMap<>(kinds), List.copyOf(findings));
  }

  /// Findings that differ in numbers and names only are one.
  private static String signature(Outcome outcome) {
    String text = outcome.finding().replaceAll("\"[^\"]*\"|[0-9]+", "#");
    return outcome.kind() + text.substring(0, Math.min(SIGNATURE, text.length()));
  }
}
