package io.fiddler.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// An open file, read at any position from any thread.
final class FileBytes implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;

  private FileBytes(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static FileBytes open(Path path) {
    try {
      return new FileBytes(path, FileChannel.open(path, StandardOpenOption.READ));
    } catch (IOException e) {
      throw new SafetensorsException("cannot open %s: %s".formatted(path, IoReason.of(e)), e);
    }
  }

  Path path() {
    return path;
  }

  long sizeBytes() {
    try {
      return channel.size();
    } catch (IOException e) {
      throw new SafetensorsException("cannot read %s: %s".formatted(path, IoReason.of(e)), e);
    }
  }

  /// Fills `target` from `position` on.
  ///
  /// @param what is read, for the message
  void read(long position, ByteBuffer target, String what) {
    try {
      long at = position;
      while (target.hasRemaining()) {
        int count = channel.read(target, at);
        if (count < 0) {
          throw new EOFException("the file ends at byte " + at);
        }
        at += count;
      }
    } catch (IOException e) {
      throw new SafetensorsException(
          "cannot read %s: %s (%s)".formatted(what, IoReason.of(e), path), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written, so nothing is lost; the system has taken the descriptor back.
    }
  }
}
