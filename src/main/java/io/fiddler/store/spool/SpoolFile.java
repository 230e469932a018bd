package io.fiddler.store.spool;

import io.fiddler.store.batch.WriterIdentity;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// An open spool file. Its lock says that its owner lives; it goes with the process, however that
/// ends. One thread.
final class SpoolFile implements Closeable {
  static final String SUFFIX = ".spool";

  /// Files this JVM has open. POSIX gives a process's locks on a file up when *any* of its channels
  /// on that file is closed, so a second one must not even be opened.
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;
  private final SpoolHeader header;

  private SpoolFile(Path path, FileChannel channel, SpoolHeader header) {
    this.path = path;
    this.channel = channel;
    this.header = header;
  }

  /// Makes the spool of `writer`. It gets its name once it is locked and whole: nobody takes it for
  /// a dead process's.
  static SpoolFile create(Path folder, WriterIdentity writer) throws IOException {
    Files.createDirectories(folder, ownerOnly("rwx------"));
    Path path = folder.resolve(writer.id() + SUFFIX);
    Path unfinished = folder.resolve(writer.id() + ".new");
    OPEN.add(path);
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              unfinished,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE),
              ownerOnly("rw-------"));
      if (!isLocked(channel)) {
        throw new IOException("another process has locked " + unfinished);
      }
      ByteBuffer header = SpoolHeader.of(writer);
      write(channel, header, 0);
      channel.force(true);
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
      forceFolder(folder);
      return new SpoolFile(
          path, channel, new SpoolHeader(writer, SpoolHeader.CURRENT, header.limit()));
    } catch (IOException | RuntimeException e) {
      release(path, channel);
      throw e;
    }
  }

  /// Opens the spool of a dead process; null if its owner lives or it is gone.
  ///
  /// @throws SpoolException if it does not say whose it is
  static @Nullable SpoolFile openDead(Path path) throws IOException {
    if (!OPEN.add(path)) {
      return null;
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (isLocked(channel)) {
        return new SpoolFile(path, channel, SpoolHeader.read(channel));
      }
    } catch (NoSuchFileException gone) {
      // Another process was faster.
    } catch (IOException | RuntimeException e) {
      release(path, channel);
      throw e;
    }
    release(path, channel);
    return null;
  }

  Path path() {
    return path;
  }

  SpoolHeader header() {
    return header;
  }

  Frame read(long offset) throws IOException {
    return Frame.read(channel, offset);
  }

  /// Puts a record at `end` and has the disk keep it. If that fails, it is as if it had never been
  /// tried.
  ///
  /// @return the new end
  long append(byte[] bytes, long end) throws IOException {
    // What an attempt that failed may have left.
    channel.truncate(end);
    ByteBuffer frame = Frame.of(bytes);
    int size = frame.remaining();
    try {
      write(channel, frame, end);
      channel.force(false);
    } catch (IOException e) {
      channel.truncate(end);
      throw e;
    }
    return end + size;
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  /// Puts the file out of the way.
  ///
  /// @return where it is now
  Path setAside() throws IOException {
    return setAside(path);
  }

  static Path setAside(Path path) throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + ".damaged");
    return Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      OPEN.remove(path);
    }
  }

  private static void release(Path path, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      OPEN.remove(path);
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long offset) throws IOException {
    long at = offset;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /// A file's name is kept by its folder.
  private static void forceFolder(Path folder) throws IOException {
    if (isPosix()) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /// Prompts may be in it.
  private static FileAttribute<?>[] ownerOnly(String permissions) {
    return isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
