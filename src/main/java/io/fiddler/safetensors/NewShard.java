package io.fiddler.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// One file of a checkpoint that is being written: its header is, the tensors follow at any place
/// from any thread.
final class NewShard implements AutoCloseable {
  /// Data that begins at a multiple of it may be read in place.
  private static final int ALIGNMENT_BYTES = 8;

  private final Path path;
  private final FileChannel channel;
  private final long dataStart;

  private NewShard(Path path, FileChannel channel, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.dataStart = dataStart;
  }

  /// Creates the file, which must not exist, and writes its header.
  ///
  /// @param tensors in the order of their bytes
  static NewShard create(Path path, List<NewTensor> tensors) throws IOException {
    byte[] json = header(tensors);
    ByteBuffer head = ByteBuffer.allocate(Long.BYTES + json.length).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(json.length).put(json).flip();
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    NewShard shard = new NewShard(path, channel, head.remaining());
    try {
      shard.writeAt(0, head);
      return shard;
    } catch (IOException | RuntimeException e) {
      shard.close();
      throw e;
    }
  }

  private static byte[] header(List<NewTensor> tensors) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("__metadata__", Map.of("format", "pt"));
    long at = 0;
    for (NewTensor tensor : tensors) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", tensor.type().name());
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", List.of(at, at + tensor.sizeBytes()));
      header.put(tensor.name(), entry);
      at += tensor.sizeBytes();
    }
    String json = JsonMapper.shared().writeValueAsString(header);
    int length = json.getBytes(StandardCharsets.UTF_8).length;
    String padding = " ".repeat(Math.ceilDiv(length, ALIGNMENT_BYTES) * ALIGNMENT_BYTES - length);
    return (json + padding).getBytes(StandardCharsets.UTF_8);
  }

  Path path() {
    return path;
  }

  /// Writes bytes of the data.
  ///
  /// @param offset from the end of the header
  void write(long offset, ByteBuffer bytes) throws IOException {
    writeAt(dataStart + offset, bytes);
  }

  private void writeAt(long position, ByteBuffer bytes) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
