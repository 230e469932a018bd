package io.fiddler.store.spool;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Fields one after the other, big-endian; [FieldReader] reads them back.
final class FieldWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] bytes() {
    return out.toByteArray();
  }

  void bool(boolean value) {
    out.write(value ? 1 : 0);
  }

  /// Seven bits a byte, the lowest first; small numbers are most of what is written.
  void number(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  void fixed(long value) {
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      out.write((int) (value >>> shift));
    }
  }

  void real(double value) {
    fixed(Double.doubleToLongBits(value));
  }

  void text(String value) {
    bytes(value.getBytes(UTF_8));
  }

  void bytes(byte[] value) {
    number(value.length);
    out.writeBytes(value);
  }

  void uuid(UUID value) {
    fixed(value.getMostSignificantBits());
    fixed(value.getLeastSignificantBits());
  }

  void instant(Instant value) {
    fixed(value.getEpochSecond());
    number(value.getNano());
  }

  <T> void optional(@Nullable T value, BiConsumer<FieldWriter, T> field) {
    bool(value != null);
    if (value != null) {
      field.accept(this, value);
    }
  }

  <T> void list(List<T> values, BiConsumer<FieldWriter, T> field) {
    number(values.size());
    values.forEach(value -> field.accept(this, value));
  }
}
