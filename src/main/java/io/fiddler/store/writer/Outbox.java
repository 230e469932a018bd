package io.fiddler.store.writer;

import io.fiddler.store.batch.ActivationRow;
import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.Loss;
import io.fiddler.store.spool.Spool;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.TraceRecord;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What waits to be written, as numbered batches in the order of their numbers: the head, which may
/// have been sent; those in the spool; what is in memory and has no number yet. The head stays the
/// next one until it is written: its number must never stand for anything else. One thread, but for
/// the figures.
final class Outbox {
  /// Rows of a batch together need at most so much: it is read back into memory.
  static final long BATCH_BYTES = 8 << 20;

  private static final long LOSSES_BYTES = 200;

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  private final RequestBuffer requests;
  private final TraceBuffer traces;
  private final PendingActivations activations = new PendingActivations();
  private final Losses losses;
  private final Spool spool;
  private final Supplier<Optional<CountedModel>> model;
  private final int batchRows;
  private final InstantSource clock;
  private @Nullable Batch head;
  private boolean headSpooled;
  private long lastNumber;
  private volatile long lastBatch;
  private volatile @Nullable String spoolError;

  Outbox(
      RequestBuffer requests,
      TraceBuffer traces,
      Losses losses,
      Spool spool,
      Supplier<Optional<CountedModel>> model,
      int batchRows,
      InstantSource clock) {
    this.requests = requests;
    this.traces = traces;
    this.losses = losses;
    this.spool = spool;
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
    while (head == null && !spool.isEmpty()) {
      head = spool.first();
      headSpooled = head != null;
      if (head == null) {
        giveUpUnreadable();
      }
    }
    if (head == null) {
      head = cut(BATCH_BYTES, true);
      headSpooled = false;
    }
    return head;
  }

  /// Says that the database has `batch`, but for `refused` of its rows.
  void written(Batch batch, int refused) {
    // First: who sees that nothing waits any more must find what became of it.
    losses.addWritten(refused);
    lastBatch = batch.number();
    if (headSpooled) {
      spool.removeFirst();
    } else {
      release(batch);
    }
    head = null;
    headSpooled = false;
  }

  /// Puts what waits on disk, as far as the spool has room. Traces stay in memory: rows need the
  /// room more.
  void save() {
    save(false);
  }

  /// Puts everything on disk, traces, too, as far as the spool has room.
  ///
  /// @return whether nothing is left in memory
  boolean saveAll() {
    save(true);
    return !hasUnsaved();
  }

  /// Puts on disk what is left when the process ends. Rows for which the spool has no room are
  /// given up and counted; what may have been sent, counts and the number of lost rows are small
  /// and written even so.
  void saveAtLast() {
    if (!spool.isOn() || saveAll()) {
      return;
    }
    try {
      if (head != null && !headSpooled) {
        spoolHead(head);
      }
      save(true);
      giveUpRows();
      append(cut(Long.MAX_VALUE, true));
    } catch (IOException e) {
      spoolFails(e);
    }
  }

  private void save(boolean withTraces) {
    if (!spool.isOn()) {
      return;
    }
    try {
      if (head != null && !headSpooled) {
        if (size(head) > spool.roomBytes()) {
          return;
        }
        spoolHead(head);
      }
      while (append(cut(Math.min(BATCH_BYTES, spool.roomBytes()), withTraces))) {
        spoolWorks();
      }
    } catch (IOException e) {
      spoolFails(e);
    }
  }

  /// Whether anything is neither in the database nor on disk.
  boolean hasUnsaved() {
    return (head != null && !headSpooled)
        || requests.size() > 0
        || !activations.isEmpty()
        || !traces.isEmpty()
        || !losses.isEmpty();
  }

  /// Whether a further batch waits, besides rows and traces, which others may add at any time.
  boolean hasMore() {
    return !spool.isEmpty() || !activations.isEmpty() || !losses.isEmpty();
  }

  /// Whether batches are on disk.
  boolean isSpooling() {
    return !spool.isEmpty();
  }

  /// Request rows not yet committed.
  long rows() {
    return requests.size() + spool.requests();
  }

  /// Traces in memory.
  int traces() {
    return traces.size() + (head == null || headSpooled ? 0 : head.traces().size());
  }

  /// Request rows in memory.
  int rowsInMemory() {
    return requests.size();
  }

  /// Number of the last batch written. Any thread.
  long lastBatch() {
    return lastBatch;
  }

  /// Why the disk took nothing at last; null if it did. Any thread.
  @Nullable String spoolError() {
    return spoolError;
  }

  private @Nullable Batch cut(long room, boolean withTraces) {
    List<RequestRecord> rows = requests.take(batchRows, room - activations.bytes());
    long left = room - rows.stream().mapToLong(RowSizes::of).sum();
    // After the rows: what their requests chose is then with them, or before.
    collectCounts();
    List<ActivationRow> counts = activations.drain(left);
    left -= counts.stream().mapToLong(RowSizes::of).sum();
    List<TraceRecord> samples = withTraces ? traces.take(left) : List.of();
    List<Loss> lost = left >= LOSSES_BYTES ? losses.drain() : List.of();
    Batch batch = new Batch(lastNumber + 1, rows, counts, samples, lost);
    if (batch.isEmpty()) {
      return null;
    }
    lastNumber++;
    return batch;
  }

  private boolean append(@Nullable Batch batch) throws IOException {
    if (batch == null) {
      return false;
    }
    try {
      spool.append(batch);
      release(batch);
      return true;
    } catch (IOException | RuntimeException e) {
      // Never sent and not on disk: its number is free again.
      lastNumber--;
      requests.putBack(batch.requests());
      activations.add(batch.activations());
      traces.putBack(batch.traces());
      losses.putBack(batch.losses());
      throw e;
    }
  }

  private void spoolHead(Batch batch) throws IOException {
    spool.append(batch);
    release(batch);
    headSpooled = true;
    spoolWorks();
  }

  private void spoolFails(IOException e) {
    String reason = SpoolErrors.reason(e);
    if (!reason.equals(spoolError)) {
      log.error("requests and counts stay in memory, the spool fails: {}", reason);
    }
    spoolError = reason;
  }

  private void spoolWorks() {
    if (spoolError != null) {
      log.info("requests and counts go to the spool again");
    }
    spoolError = null;
  }

  private void release(Batch batch) {
    requests.release(batch.requests());
    traces.release(batch.traces());
  }

  private void giveUpRows() {
    for (List<RequestRecord> rows = requests.take(batchRows, BATCH_BYTES);
        !rows.isEmpty();
        rows = requests.take(batchRows, BATCH_BYTES)) {
      rows.forEach(row -> losses.add(Loss.Reason.FULL, row.createdAt()));
      requests.release(rows);
    }
    List<TraceRecord> samples = traces.take(Long.MAX_VALUE);
    traces.drop(samples.size());
    traces.release(samples);
  }

  private void giveUpUnreadable() {
    Instant now = clock.instant();
    if (spool.firstRequests() > 0) {
      losses.add(new Loss(Loss.Reason.UNREADABLE, now, now, spool.firstRequests()));
    }
    spool.removeFirst();
  }

  private static long size(Batch batch) {
    return batch.requests().stream().mapToLong(RowSizes::of).sum()
        + batch.activations().stream().mapToLong(RowSizes::of).sum()
        + batch.traces().stream().mapToLong(RowSizes::of).sum();
  }
}
