package io.fiddler.store.spool;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fiddler.store.batch.WriterIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/// The begin of a spool file: eight letters, the format's version, and a record that says whose it
/// is.
///
/// @param writer under whose id and numbers the batches are written
/// @param version of the format of the batches
/// @param sizeBytes where the first batch begins
record SpoolHeader(WriterIdentity writer, int version, long sizeBytes) {
  /// The first format in which requests have their key and costs.
  static final int WITH_KEYS = 2;

  /// The format that is written.
  static final int CURRENT = WITH_KEYS;

  private static final int OLDEST = 1;
  private static final byte[] MAGIC = "FIDSPOOL".getBytes(US_ASCII);
  private static final int PREFIX_BYTES = MAGIC.length + Integer.BYTES;

  static ByteBuffer of(WriterIdentity writer) {
    FieldWriter out = new FieldWriter();
    out.uuid(writer.id());
    out.text(writer.host());
    out.number(writer.pid());
    out.instant(writer.startedAt());
    ByteBuffer frame = Frame.of(out.bytes());
    return ByteBuffer.allocate(PREFIX_BYTES + frame.remaining())
        .put(MAGIC)
        .putInt(CURRENT)
        .put(frame)
        .flip();
  }

  /// @throws SpoolException if the file does not begin with one
  static SpoolHeader read(FileChannel file) throws IOException {
    ByteBuffer prefix = ByteBuffer.allocate(PREFIX_BYTES);
    file.read(prefix, 0);
    byte[] magic = Arrays.copyOf(prefix.array(), MAGIC.length);
    if (prefix.hasRemaining() || !Arrays.equals(magic, MAGIC)) {
      throw new SpoolException("it does not begin as a spool does");
    }
    int version = prefix.getInt(MAGIC.length);
    if (version < OLDEST || version > CURRENT) {
      throw new SpoolException.OtherVersion(
          "its format is version %d, this program's are %d to %d"
              .formatted(version, OLDEST, CURRENT));
    }
    if (!(Frame.read(file, PREFIX_BYTES) instanceof Frame.Sound(byte[] bytes, long next))) {
      throw new SpoolException("its first record, which says whose it is, is damaged");
    }
    FieldReader in = new FieldReader(bytes);
    return new SpoolHeader(
        new WriterIdentity(in.uuid(), in.text(), in.number(), in.instant()), version, next);
  }
}
