package io.fiddler.load;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// What all clients of a level saw together. Thread-safe.
final class Seen {
  final Times firstTokens = new Times();
  final Times tokenGaps = new Times();
  final LongAdder requests = new LongAdder();
  final LongAdder tokens = new LongAdder();

  /// Ends by kind of request: `stream 200`, `bad 400`.
  private final Map<String, LongAdder> ends = new ConcurrentSkipListMap<>();

  /// What nobody intended, with one example each.
  private final Map<String, String> wrong = new ConcurrentHashMap<>();

  void ended(String kind, String how) {
    requests.increment();
    ends.computeIfAbsent(kind + " " + how, _ -> new LongAdder()).increment();
  }

  void wrong(String kind, String how, String example) {
    ended(kind, how);
    wrong.putIfAbsent(kind + " " + how, example);
  }

  Map<String, Long> ends() {
    Map<String, Long> counts = new ConcurrentSkipListMap<>();
    ends.forEach((end, count) -> counts.put(end, count.sum()));
    return counts;
  }

  Map<String, String> wrong() {
    return Map.copyOf(wrong);
  }
}
