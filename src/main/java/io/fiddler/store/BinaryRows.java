package io.fiddler.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// Rows that arrive in PostgreSQL's binary COPY format. The columns of a row are read in their
/// order, each once. One thread.
final class BinaryRows implements AutoCloseable {
  private static final int SIGNATURE_BYTES = 11;
  private static final int END_OF_ROWS = -1;

  /// What timestamps count from.
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private final CopyOut copy;
  private ByteBuffer received = ByteBuffer.allocate(0);
  private byte[] lastText = new byte[0];
  private String lastString = "";

  private BinaryRows(CopyOut copy) throws SQLException {
    this.copy = copy;
    need(SIGNATURE_BYTES + 2 * Integer.BYTES);
    received.position(received.position() + SIGNATURE_BYTES + Integer.BYTES);
    int extension = received.getInt();
    need(extension);
    received.position(received.position() + extension);
  }

  /// Makes the query to read.
  @FunctionalInterface
  interface Query {
    String sql(PGConnection connection) throws SQLException;
  }

  /// Reads all rows.
  ///
  /// @param <T> what it makes of them
  @FunctionalInterface
  interface Reader<T> {
    T read(BinaryRows rows) throws SQLException;
  }

  static BinaryRows of(Connection connection, Query query) throws SQLException {
    PGConnection postgres = connection.unwrap(PGConnection.class);
    String sql = "copy (%s) to stdout (format binary)".formatted(query.sql(postgres));
    CopyOut copy = postgres.getCopyAPI().copyOut(sql);
    try {
      return new BinaryRows(copy);
    } catch (SQLException | RuntimeException e) {
      cancel(copy);
      throw e;
    }
  }

  /// Goes to the next row; false after the last one.
  boolean next() throws SQLException {
    need(Short.BYTES);
    if (received.getShort() != END_OF_ROWS) {
      return true;
    }
    while (copy.isActive() && copy.readFromCopy() != null) {
      // The server has to say that this was all.
    }
    return false;
  }

  boolean readBoolean() throws SQLException {
    field();
    return received.get() != 0;
  }

  int readInt() throws SQLException {
    field();
    return received.getInt();
  }

  Instant readTimestamp() throws SQLException {
    field();
    return EPOCH.plus(received.getLong(), ChronoUnit.MICROS);
  }

  String readText() throws SQLException {
    int length = field();
    int from = received.arrayOffset() + received.position();
    received.position(received.position() + length);
    // Neighbours are often the same.
    if (!Arrays.equals(lastText, 0, lastText.length, received.array(), from, from + length)) {
      lastText = Arrays.copyOfRange(received.array(), from, from + length);
      lastString = new String(lastText, StandardCharsets.UTF_8);
    }
    return lastString;
  }

  /// A `bigint[]` of one dimension; an element that is null reads as 0.
  long[] readLongs() throws SQLException {
    long[] values = new long[arrayLength()];
    for (int i = 0; i < values.length; i++) {
      values[i] = received.getInt() < 0 ? 0 : received.getLong();
    }
    return values;
  }

  /// An `integer[]` of one dimension; an element that is null reads as 0.
  int[] readInts() throws SQLException {
    int[] values = new int[arrayLength()];
    for (int i = 0; i < values.length; i++) {
      values[i] = received.getInt() < 0 ? 0 : received.getInt();
    }
    return values;
  }

  private int arrayLength() throws SQLException {
    field();
    int dimensions = received.getInt();
    // Whether there are nulls, and the type of the elements.
    received.position(received.position() + 2 * Integer.BYTES);
    if (dimensions == 0) {
      return 0;
    }
    int length = received.getInt();
    received.position(received.position() + Integer.BYTES);
    return length;
  }

  private int field() throws SQLException {
    need(Integer.BYTES);
    int length = received.getInt();
    if (length < 0) {
      throw new SQLException("a column that is read must not be null");
    }
    need(length);
    return length;
  }

  /// Messages of the server need not end where rows do.
  private void need(int bytes) throws SQLException {
    while (received.remaining() < bytes) {
      byte[] message = copy.readFromCopy();
      if (message == null) {
        throw new SQLException("the copied rows end in the middle", "08006");
      }
      received =
          received.hasRemaining()
              ? ByteBuffer.allocate(received.remaining() + message.length)
                  .put(received)
                  .put(message)
                  .flip()
              : ByteBuffer.wrap(message);
    }
  }

  @Override
  public void close() throws SQLException {
    cancel(copy);
  }

  private static void cancel(CopyOut copy) throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }
}
