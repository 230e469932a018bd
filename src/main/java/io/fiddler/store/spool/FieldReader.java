package io.fiddler.store.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads what [FieldWriter] wrote. Bytes that are something else end in a
/// `BufferUnderflowException` or an `IllegalArgumentException`.
final class FieldReader {
  private final ByteBuffer in;

  FieldReader(byte[] bytes) {
    in = ByteBuffer.wrap(bytes);
  }

  boolean bool() {
    return in.get() != 0;
  }

  long number() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number is longer than 64 bits");
  }

  /// A number of things of which each takes a byte or more.
  int size() {
    long size = number();
    if (size < 0 || size > in.remaining()) {
      throw new IllegalArgumentException(
          "%d bytes are left for %d things".formatted(in.remaining(), size));
    }
    return (int) size;
  }

  int integer() {
    return (int) number();
  }

  long fixed() {
    return in.getLong();
  }

  double real() {
    return Double.longBitsToDouble(fixed());
  }

  String text() {
    return new String(bytes(), UTF_8);
  }

  byte[] bytes() {
    byte[] bytes = new byte[size()];
    in.get(bytes);
    return bytes;
  }

  UUID uuid() {
    return new UUID(fixed(), fixed());
  }

  Instant instant() {
    return Instant.ofEpochSecond(fixed(), number());
  }

  <T> @Nullable T optional(Function<FieldReader, T> field) {
    return bool() ? field.apply(this) : null;
  }

  <T> List<T> list(Function<FieldReader, T> field) {
    int size = size();
    List<T> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(field.apply(this));
    }
    return values;
  }

  /// Refuses bytes beyond what was read.
  void end() {
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(in.remaining() + " bytes too many");
    }
  }
}
