package io.fiddler.store.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/// One record of a spool file: `int length | int crc | length bytes`; the CRC-32C is over the
/// length and the bytes.
sealed interface Frame {
  /// Of length and CRC.
  int HEAD_BYTES = 2 * Integer.BYTES;

  /// Longer ones are not written, so such a length is damage.
  int MOST_BYTES = 512 << 20;

  /// A sound record.
  ///
  /// @param bytes what is in it
  /// @param next where the next one begins
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Sound(byte[] bytes, long next) implements Frame {}

  /// Bytes that were something else once.
  ///
  /// @param next where the next record begins; the end of the file if nobody knows
  record Damaged(long next) implements Frame {}

  /// No further record.
  ///
  /// @param tornBytes of one that was not written to its end
  record End(long tornBytes) implements Frame {}

  /// With length and CRC in front.
  static ByteBuffer of(byte[] bytes) {
    return ByteBuffer.allocate(HEAD_BYTES + bytes.length)
        .putInt(bytes.length)
        .putInt(crc(bytes))
        .put(bytes)
        .flip();
  }

  /// What is at `offset` of a file.
  static Frame read(FileChannel file, long offset) throws IOException {
    long rest = file.size() - offset;
    if (rest < HEAD_BYTES) {
      return new End(rest);
    }
    ByteBuffer head = fill(file, ByteBuffer.allocate(HEAD_BYTES), offset);
    int length = head.getInt();
    if (length < 0 || length > MOST_BYTES) {
      return new Damaged(file.size());
    }
    // After a power cut, zeros may stand where a record should.
    if (length == 0 || length > rest - HEAD_BYTES) {
      return new End(rest);
    }
    byte[] bytes = fill(file, ByteBuffer.allocate(length), offset + HEAD_BYTES).array();
    long next = offset + HEAD_BYTES + length;
    if (head.getInt() == crc(bytes)) {
      return new Sound(bytes, next);
    }
    return next == file.size() ? new End(rest) : new Damaged(next);
  }

  private static ByteBuffer fill(FileChannel file, ByteBuffer buffer, long offset)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (file.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
