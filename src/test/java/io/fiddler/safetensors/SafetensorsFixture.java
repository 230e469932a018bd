package io.fiddler.safetensors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// Writes safetensors files, well-formed or not.
public final class SafetensorsFixture {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Tensor(String dtype, List<Integer> shape, byte[] bytes) {}

  /// Adds or replaces a tensor.
  public SafetensorsFixture put(String name, String dtype, List<Integer> shape, byte[] bytes) {
    tensors.put(name, new Tensor(dtype, shape, bytes));
    return this;
  }

  /// Drops a tensor.
  public SafetensorsFixture remove(String name) {
    tensors.remove(name);
    return this;
  }

  /// The JSON header of the tensors so far.
  public String header() {
    StringJoiner json = new StringJoiner(",", "{", "}").add("\"__metadata__\":{\"format\":\"pt\"}");
    long at = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      Tensor tensor = entry.getValue();
      long end = at + tensor.bytes.length;
      json.add(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(entry.getKey(), tensor.dtype, tensor.shape, at, end));
      at = end;
    }
    return json.toString();
  }

  /// Their bytes one after the other.
  public byte[] data() {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    tensors.values().forEach(tensor -> data.writeBytes(tensor.bytes));
    return data.toByteArray();
  }

  /// Writes a well-formed file.
  public Path write(Path file) {
    return write(file, header(), data());
  }

  /// Writes whatever header and data.
  public static Path write(Path file, String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return writeBytes(file, bytes(json.length, json, data));
  }

  /// The bytes of a file that claims a header of `length`.
  public static byte[] bytes(long length, byte[] json, byte[] data) {
    return ByteBuffer.allocate(Long.BYTES + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(json)
        .put(data)
        .array();
  }

  /// Writes a file of these bytes.
  public static Path writeBytes(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
