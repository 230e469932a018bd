package io.fiddler.store.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// Unpacks the server's binaries once into a folder named after their digest.
final class Binaries {
  private final String resource;

  private Binaries(String resource) {
    this.resource = resource;
  }

  /// Those for this platform.
  static Binaries forThisPlatform() {
    String architecture =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64" -> "arm_64";
          case String other -> other;
        };
    String system = System.getProperty("os.name").startsWith("Linux") ? "linux" : "other";
    return new Binaries("/postgres-%s-%s.txz".formatted(system, architecture));
  }

  /// The folder that has `bin/postgres`, unpacked below `parent` if it is not there yet.
  Path unpackInto(Path parent) throws IOException {
    Path unpacked = parent.resolve(digest());
    if (Files.isDirectory(unpacked)) {
      return unpacked;
    }
    Folders.create(parent, "rwxr-xr-x");
    Path fresh = Files.createTempDirectory(parent, "unpacking-");
    try (var tar =
        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(open(), 1 << 16)))) {
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, fresh);
      }
      Files.move(fresh, unpacked, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // Somebody else who shares the folder may have been faster.
      if (!Files.isDirectory(unpacked)) {
        throw e;
      }
    } finally {
      Folders.delete(fresh);
    }
    return unpacked;
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path root)
      throws IOException {
    Path target = root.resolve(entry.getName()).normalize();
    if (!target.startsWith(root)) {
      throw new IOException("entry outside of the archive: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Folders.create(target, "rwxr-xr-x");
      return;
    }
    Path parent = Objects.requireNonNull(target.getParent());
    if (!Files.isDirectory(parent)) {
      Folders.create(parent, "rwxr-xr-x");
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    try (OutputStream out = Files.newOutputStream(target)) {
      tar.transferTo(out);
    }
    boolean executable = (entry.getMode() & 0100) != 0;
    Set<PosixFilePermission> permissions =
        PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--");
    Files.setPosixFilePermissions(target, permissions);
  }

  private String digest() throws IOException {
    try (var in = new DigestInputStream(open(), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private InputStream open() {
    InputStream in = Binaries.class.getResourceAsStream(resource);
    if (in == null) {
      throw new EmbeddedPostgresException(
          "this build has no PostgreSQL for %s on %s: set spring.datasource.url to a PostgreSQL server"
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
    }
    return in;
  }
}
