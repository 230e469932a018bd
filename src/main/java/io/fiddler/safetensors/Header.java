package io.fiddler.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;

/// The checked header of a file: eight bytes of length, then JSON, then the data.
///
/// @param dataStart position of the data in the file
/// @param sha256 digest of the JSON, in hexadecimal
/// @param tensors what the data holds, by name
record Header(long dataStart, String sha256, Map<String, TensorEntry> tensors) {
  /// The reference implementation's limit.
  private static final long MAX_BYTES = 100_000_000;

  static Header read(FileBytes file) {
    Path path = file.path();
    long fileBytes = file.sizeBytes();
    if (fileBytes < Long.BYTES) {
      throw new SafetensorsException(
          "a safetensors file has at least %d bytes, this one is truncated to %d (%s)"
              .formatted(Long.BYTES, fileBytes, path));
    }
    byte[] json = new byte[length(file, fileBytes - Long.BYTES)];
    file.read(Long.BYTES, ByteBuffer.wrap(json), "the header");
    long dataStart = (long) Long.BYTES + json.length;
    Map<String, TensorEntry> tensors = HeaderParser.parse(path, json);
    DataLayout.requireSeamless(path, tensors.values(), fileBytes - dataStart);
    return new Header(dataStart, Sha256.hex(json), tensors);
  }

  /// Checked before anything of that size is allocated.
  private static int length(FileBytes file, long following) {
    ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.read(0, prefix, "the header's length");
    long length = prefix.getLong(0);
    if (length < 0 || length > MAX_BYTES) {
      throw new SafetensorsException(
          "the header's length must be in [0, %d], got %s (%s)"
              .formatted(MAX_BYTES, Long.toUnsignedString(length), file.path()));
    }
    if (length > following) {
      throw new SafetensorsException(
          "the header's length is %d, but only %d bytes follow; the file is truncated (%s)"
              .formatted(length, following, file.path()));
    }
    return (int) length;
  }
}
