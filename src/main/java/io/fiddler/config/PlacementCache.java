package io.fiddler.config;

import io.fiddler.engine.file.KeptFile;
import io.fiddler.usage.PlacementVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The last recorded placement of each model as a file, for a start without the database.
final class PlacementCache {
  private static final Logger LOG = LoggerFactory.getLogger(PlacementCache.class);
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final Path folder;

  /// A cache of files `placement-<fingerprint>.json` in `folder`.
  PlacementCache(Path folder) {
    this.folder = folder;
  }

  /// Keeps a placement; one that cannot be written is only missed at a start without the database.
  void write(PlacementVersion version) {
    Path file = file(version.fingerprint());
    try {
      KeptFile.replace(file, JSON.writeValueAsBytes(version));
    } catch (IOException | JacksonException e) {
      LOG.warn("The placement cannot be kept in {}: {}", file, reason(e));
    }
  }

  /// The last placement kept for a model.
  Optional<PlacementVersion> read(String fingerprint) {
    Path file = file(fingerprint);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), PlacementVersion.class));
    } catch (IOException | JacksonException e) {
      LOG.warn("The placement kept in {} cannot be read and is passed over: {}", file, reason(e));
      return Optional.empty();
    }
  }

  private Path file(String fingerprint) {
    return folder.resolve("placement-" + fingerprint + ".json");
  }

  /// Without the place in the source, which has lines of its own.
  private static String reason(Exception failure) {
    return failure instanceof JacksonException json
        ? json.getOriginalMessage()
        : failure.toString();
  }
}
