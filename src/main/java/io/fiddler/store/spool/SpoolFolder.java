package io.fiddler.store.spool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the spools of dead processes. Whatever is wrong with a file is said once and stops
/// nothing. One thread.
public final class SpoolFolder {
  private static final Logger log = LoggerFactory.getLogger(SpoolFolder.class);

  private final Path folder;
  private final Set<Path> left = new HashSet<>();

  /// May not exist.
  public SpoolFolder(Path folder) {
    this.folder = folder;
  }

  /// The spool of some dead process; null if there is none. The caller closes it.
  public @Nullable DeadSpool nextDead() {
    for (Path path : spools()) {
      if (!left.contains(path)) {
        DeadSpool dead = open(path);
        if (dead != null) {
          return dead;
        }
      }
    }
    return null;
  }

  /// Says that a spool is not to be found again by this process.
  public void leave(DeadSpool spool) {
    left.add(spool.path());
  }

  private List<Path> spools() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SpoolFile.SUFFIX)).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      if (left.add(folder)) {
        log.error("the folder of spools, {}, cannot be read: {}", folder, e.toString());
      }
      return List.of();
    }
  }

  private @Nullable DeadSpool open(Path path) {
    try {
      SpoolFile file = SpoolFile.openDead(path);
      return file == null ? null : new DeadSpool(file);
    } catch (SpoolException.OtherVersion e) {
      left.add(path);
      log.warn("the spool {} is left for another version: {}", path, e.getMessage());
    } catch (SpoolException e) {
      setAside(path, e);
    } catch (IOException | RuntimeException e) {
      left.add(path);
      log.error("the spool {} cannot be opened: {}", path, e.toString());
    }
    return null;
  }

  private void setAside(Path path, SpoolException reason) {
    left.add(path);
    try {
      log.error(
          "the spool {} cannot be read: {}; it is kept as {}",
          path,
          reason.getMessage(),
          SpoolFile.setAside(path));
    } catch (IOException e) {
      log.error("the spool {} cannot be read: {}", path, reason.getMessage(), e);
    }
  }
}
