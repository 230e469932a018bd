package io.fiddler.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// One open safetensors file whose header is checked. It stays open until closed, so that what is
/// read later is what was checked. Safe to read from any thread.
public final class SafetensorsFile implements AutoCloseable {
  /// The reference implementation's limit.
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final long PREFIX_BYTES = Long.BYTES;

  private final Path path;
  private final FileChannel channel;
  private final long sizeBytes;
  private final long dataStart;
  private final String headerSha256;
  private final Map<String, TensorEntry> tensors;

  private SafetensorsFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    sizeBytes = channel.size();
    byte[] header = readHeader();
    dataStart = PREFIX_BYTES + header.length;
    headerSha256 = sha256(header);
    tensors = HeaderParser.parse(path, header);
    DataLayout.requireSeamless(path, tensors.values(), sizeBytes - dataStart);
  }

  /// Opens a file and checks its header.
  ///
  /// @throws SafetensorsException if it is missing, unreadable or malformed
  static SafetensorsFile open(Path path) {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (IOException e) {
      throw new SafetensorsException("cannot open %s: %s".formatted(path, IoReason.of(e)), e);
    }
    try {
      return new SafetensorsFile(path, channel);
    } catch (IOException e) {
      SafetensorsException failure =
          new SafetensorsException("cannot read %s: %s".formatted(path, IoReason.of(e)), e);
      closeAfter(failure, channel);
      throw failure;
    } catch (RuntimeException | Error e) {
      closeAfter(e, channel);
      throw e;
    }
  }

  private static void closeAfter(Throwable failure, FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private byte[] readHeader() throws IOException {
    if (sizeBytes < PREFIX_BYTES) {
      throw new SafetensorsException(
          "a safetensors file has at least %d bytes, this one is truncated to %d (%s)"
              .formatted(PREFIX_BYTES, sizeBytes, path));
    }
    ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readFully(prefix, 0);
    long length = prefix.getLong(0);
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw new SafetensorsException(
          "the header's length must be in [0, %d], got %s (%s)"
              .formatted(MAX_HEADER_BYTES, Long.toUnsignedString(length), path));
    }
    if (length > sizeBytes - PREFIX_BYTES) {
      throw new SafetensorsException(
          "the header's length is %d, but only %d bytes follow; the file is truncated (%s)"
              .formatted(length, sizeBytes - PREFIX_BYTES, path));
    }
    byte[] header = new byte[(int) length];
    readFully(ByteBuffer.wrap(header), PREFIX_BYTES);
    return header;
  }

  /// Where the file is.
  public Path path() {
    return path;
  }

  /// Length of the file.
  public long sizeBytes() {
    return sizeBytes;
  }

  /// SHA-256 of the header, in hexadecimal.
  public String headerSha256() {
    return headerSha256;
  }

  /// Every tensor of the file, in the order of their bytes.
  public List<StoredTensor> tensors() {
    return DataLayout.sorted(tensors.values()).stream()
        .map(entry -> new StoredTensor(this, entry))
        .toList();
  }

  Map<String, TensorEntry> entries() {
    return tensors;
  }

  /// Fills `target` with the bytes of `entry` from `offset` on.
  void read(TensorEntry entry, long offset, ByteBuffer target) {
    try {
      readFully(target, dataStart + entry.begin() + offset);
    } catch (IOException e) {
      throw new SafetensorsException(
          "cannot read tensor %s: %s (%s)"
              .formatted(StrictJson.quote(entry.name()), IoReason.of(e), path),
          e);
    }
  }

  private void readFully(ByteBuffer target, long position) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        throw new EOFException("the file ends at byte " + at);
      }
      at += count;
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java runtime has SHA-256", e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new SafetensorsException("cannot close %s: %s".formatted(path, IoReason.of(e)), e);
    }
  }
}
