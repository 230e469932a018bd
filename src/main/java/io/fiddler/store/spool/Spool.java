package io.fiddler.store.spool;

import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.WriterIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This process's batches on disk, first in, first out. The file is made with the first batch and
/// deleted with the last; what is in it when the process ends, a later one writes. One thread, but
/// for the figures.
public final class Spool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Spool.class);

  private final Path folder;
  private final long maxBytes;
  private final WriterIdentity writer;
  private final Queue<Entry> entries = new ArrayDeque<>();
  private @Nullable SpoolFile file;
  private long end;
  private volatile long sizeBytes;
  private final AtomicLong requests = new AtomicLong();

  /// Empty.
  ///
  /// @param folder of the files of all processes
  /// @param maxBytes of this process's file; 0 if nothing may be spooled
  /// @param writer this process
  public Spool(Path folder, long maxBytes, WriterIdentity writer) {
    this.folder = folder;
    this.maxBytes = maxBytes;
    this.writer = writer;
  }

  /// Whether anything may be spooled.
  public boolean isOn() {
    return maxBytes > 0;
  }

  /// Bytes a further batch may have.
  public long roomBytes() {
    return Math.max(0, maxBytes - end - Frame.HEAD_BYTES);
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /// Adds a batch, whether there is room for it or not; on return the disk has it.
  ///
  /// @throws IOException if the disk does not take it; nothing is changed then
  public void append(Batch batch) throws IOException {
    if (file == null) {
      file = SpoolFile.create(folder, writer);
      end = file.header().sizeBytes();
    }
    long begin = end;
    end = file.append(BatchCodec.encode(batch), begin);
    entries.add(new Entry(begin, batch.number(), batch.requests().size()));
    requests.addAndGet(batch.requests().size());
    sizeBytes = end;
  }

  /// The batch that was added first; not empty.
  ///
  /// @return null if it cannot be read back
  public @Nullable Batch first() {
    try {
      if (file != null
          && file.read(entries.element().offset()) instanceof Frame.Sound(byte[] bytes, _)) {
        return BatchCodec.decode(bytes, SpoolHeader.CURRENT);
      }
      log.error("batch {} of {} is damaged", entries.element().number(), file());
    } catch (IOException | RuntimeException e) {
      log.error("batch {} of {} cannot be read", entries.element().number(), file(), e);
    }
    return null;
  }

  /// Request rows of the first batch, even if it cannot be read.
  public int firstRequests() {
    return entries.element().requests();
  }

  /// Forgets the first batch: the database has it.
  public void removeFirst() {
    requests.addAndGet(-entries.remove().requests());
    if (entries.isEmpty()) {
      delete();
    }
  }

  /// Where the batches are; null if there are none.
  public @Nullable Path file() {
    return file == null ? null : file.path();
  }

  /// Size of the file. Any thread.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// The most it may have. Any thread.
  public long maxBytes() {
    return maxBytes;
  }

  /// Request rows that wait in it. Any thread.
  public long requests() {
    return requests.get();
  }

  private void delete() {
    if (file == null) {
      return;
    }
    try (SpoolFile written = file) {
      written.delete();
    } catch (IOException e) {
      // Harmless: whoever reads it finds that the database has every batch of it.
      log.warn("the spool {} cannot be deleted: {}", file(), e.toString());
    }
    file = null;
    end = 0;
    sizeBytes = 0;
  }

  /// Lets go of the file, which stays if there is anything in it.
  @Override
  public void close() {
    if (entries.isEmpty()) {
      delete();
    } else if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        log.warn("the spool {} cannot be closed: {}", file.path(), e.toString());
      }
    }
  }

  private record Entry(long offset, long number, int requests) {}
}
