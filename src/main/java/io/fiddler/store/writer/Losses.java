package io.fiddler.store.writer;

import io.fiddler.store.batch.Loss;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Request rows given up, in sum and since they were last written down. Thread-safe.
final class Losses {
  private final Map<Loss.Reason, Loss> unwritten = new EnumMap<>(Loss.Reason.class);
  private volatile long total;

  /// Counts rows that were given up.
  synchronized void add(Loss loss) {
    total += loss.requests();
    putBack(List.of(loss));
  }

  /// Counts one.
  void add(Loss.Reason reason, Instant createdAt) {
    add(new Loss(reason, createdAt, createdAt, 1));
  }

  /// Counts rows whose loss is written down already.
  synchronized void addWritten(long requests) {
    total += requests;
  }

  /// Hands over what is to be written down.
  synchronized List<Loss> drain() {
    List<Loss> losses = List.copyOf(unwritten.values());
    unwritten.clear();
    return losses;
  }

  /// Takes back what could not be written down.
  synchronized void putBack(List<Loss> losses) {
    losses.forEach(loss -> unwritten.merge(loss.reason(), loss, Loss::plus));
  }

  synchronized boolean isEmpty() {
    return unwritten.isEmpty();
  }

  /// All of this process's life.
  long total() {
    return total;
  }
}
