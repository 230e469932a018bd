package io.fiddler.store.spool;

import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.WriterIdentity;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a process left that ended before the database took it. Nobody else reads or deletes it
/// while it is open. One thread.
public final class DeadSpool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DeadSpool.class);

  private final SpoolFile file;
  private long offset;
  private long next;
  private int damaged;

  DeadSpool(SpoolFile file) {
    this.file = file;
    this.offset = file.header().sizeBytes();
  }

  /// Under whose id the batches are to be written.
  public WriterIdentity writer() {
    return file.header().writer();
  }

  /// Which file.
  public Path path() {
    return file.path();
  }

  /// The next batch, the same one until {@link #removeFirst}; null if there is no further one.
  ///
  /// @throws IOException if the disk does not answer
  public @Nullable Batch first() throws IOException {
    while (true) {
      switch (file.read(offset)) {
        case Frame.Sound(byte[] bytes, long behind) -> {
          Batch batch = decoded(bytes);
          if (batch != null) {
            next = behind;
            return batch;
          }
          skip(behind);
        }
        case Frame.Damaged(long behind) -> skip(behind);
        case Frame.End(long torn) -> {
          if (torn > 0) {
            log.warn(
                "the last {} bytes of the spool {} were not written to their end when its process died, cut",
                torn,
                file.path());
          }
          return null;
        }
      }
    }
  }

  private @Nullable Batch decoded(byte[] bytes) {
    try {
      return BatchCodec.decode(bytes, file.header().version());
    } catch (RuntimeException e) {
      return null;
    }
  }

  private void skip(long behind) {
    damaged++;
    log.error(
        "bytes {} to {} of the spool {} are damaged, going on behind them",
        offset,
        behind,
        file.path());
    offset = behind;
  }

  /// The database has the first batch.
  public void removeFirst() {
    offset = next;
  }

  /// Deletes the file, or sets it aside if something in it could not be read.
  public void finish() throws IOException {
    if (damaged == 0) {
      file.delete();
    } else {
      log.error(
          "{} damaged records of the spool are lost, all others are written; it is kept as {}",
          damaged,
          file.setAside());
    }
  }

  /// Lets go of the file; if it is still there, it is read again some time.
  @Override
  public void close() throws IOException {
    file.close();
  }
}
