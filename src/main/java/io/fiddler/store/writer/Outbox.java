package io.fiddler.store.writer;

import io.fiddler.usage.RequestRecord;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Cuts what waits to be written into numbered batches. A batch that was handed out stays the next
/// one until it is written: its number must never stand for anything else. One thread.
final class Outbox {
  private final RequestBuffer requests;
  private final PendingActivations activations = new PendingActivations();
  private final Supplier<Optional<CountedModel>> model;
  private final int batchRows;
  private final InstantSource clock;
  private @Nullable Batch frozen;
  private volatile long lastBatch;

  Outbox(
      RequestBuffer requests,
      Supplier<Optional<CountedModel>> model,
      int batchRows,
      InstantSource clock) {
    this.requests = requests;
    this.model = model;
    this.batchRows = batchRows;
    this.clock = clock;
  }

  /// Takes over what was counted until now.
  void collectCounts() {
    activations.collect(model.get(), clock.instant());
  }

  /// What to write next; null if nothing waits.
  @Nullable Batch next() {
    if (frozen == null) {
      List<RequestRecord> rows = requests.take(batchRows);
      if (rows.isEmpty() && activations.isEmpty()) {
        return null;
      }
      frozen = new Batch(lastBatch + 1, rows, activations.drain());
    }
    return frozen;
  }

  /// Says that the database has `batch`, but for `refused` of its rows.
  void written(Batch batch, int refused) {
    requests.release(batch.requests().size(), refused);
    lastBatch = batch.number();
    frozen = null;
  }

  /// Whether counts wait that no batch has.
  boolean hasCounts() {
    return !activations.isEmpty();
  }

  /// Request rows not yet committed. Any thread.
  int rows() {
    return requests.size();
  }

  /// Number of the last batch written. Any thread.
  long lastBatch() {
    return lastBatch;
  }
}
