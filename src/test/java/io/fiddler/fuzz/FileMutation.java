package io.fiddler.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/// One change of one file; the same change whenever it is applied to the same bytes, so that a
/// failing input can be made smaller by leaving changes out.
///
/// @param file its name
/// @param kind what is changed
/// @param seed of the rest
record FileMutation(String file, Kind kind, long seed) {
  /// What of a file.
  enum Kind {
    BYTES,
    JSON,
    HEADER,
    HEADER_LENGTH
  }

  private static final int PREFIX = 8;
  private static final long[] LENGTHS = {
    0,
    1,
    2,
    7,
    8,
    255,
    1 << 16,
    1L << 31,
    1L << 32,
    100_000_000,
    100_000_001,
    Long.MAX_VALUE,
    -1,
    Long.MIN_VALUE
  };

  static FileMutation of(String file, SplittableRandom random) {
    Kind kind =
        file.endsWith(".safetensors")
            ? new Kind[] {Kind.BYTES, Kind.HEADER, Kind.HEADER, Kind.HEADER_LENGTH}
                [random.nextInt(4)]
            : new Kind[] {Kind.BYTES, Kind.JSON, Kind.JSON}[random.nextInt(3)];
    return new FileMutation(file, kind, random.nextLong());
  }

  byte[] apply(byte[] bytes) {
    SplittableRandom random = new SplittableRandom(seed);
    return switch (kind) {
      case BYTES -> new ByteMutation(random).of(bytes, 4096);
      case JSON -> new JsonMutation(random).of(new String(bytes, UTF_8)).getBytes(UTF_8);
      case HEADER -> header(bytes, random);
      case HEADER_LENGTH -> length(bytes, random);
    };
  }

  /// The JSON of the header, with a length that is right.
  private static byte[] header(byte[] bytes, SplittableRandom random) {
    if (bytes.length < PREFIX) {
      return bytes;
    }
    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > bytes.length - PREFIX) {
      return bytes;
    }
    int end = PREFIX + (int) length;
    byte[] json =
        new JsonMutation(random).of(new String(bytes, PREFIX, (int) length, UTF_8)).getBytes(UTF_8);
    return ByteBuffer.allocate(PREFIX + json.length + bytes.length - end)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(bytes, end, bytes.length - end)
        .array();
  }

  private static byte[] length(byte[] bytes, SplittableRandom random) {
    byte[] changed = Arrays.copyOf(bytes, Math.max(PREFIX, bytes.length));
    ByteBuffer prefix = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
    long old = prefix.getLong(0);
    long next =
        random.nextBoolean()
            ? old + random.nextInt(-16, 17)
            : LENGTHS[random.nextInt(LENGTHS.length)];
    prefix.putLong(0, next);
    return changed;
  }
}
