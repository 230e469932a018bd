package io.fiddler.engine.load;

import io.fiddler.dispatch.LatencyModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A measured latency model kept in a file, one for each machine set-up and model. A file that
/// cannot be read is measured anew, one that cannot be written costs a measurement at the next
/// start; both are logged.
final class LatencyModelFile {
  /// Where the files are, under `home`.
  static final String FOLDER = "latency";

  private static final Logger LOG = LoggerFactory.getLogger(LatencyModelFile.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;

  /// The file for this fingerprint and set-up (device, threads, kernels) under `home`.
  LatencyModelFile(Path home, String fingerprint, String setUp) {
    String name = prefix(fingerprint) + setUp.replaceAll("[^A-Za-z0-9]+", "-");
    this.file = home.resolve(FOLDER).resolve(name + ".json");
  }

  /// What the names of a model's files begin with.
  static String prefix(String fingerprint) {
    return fingerprint.substring(0, 16) + "-";
  }

  Optional<LatencyModel> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readString(file), LatencyModel.class));
    } catch (IOException | JacksonException e) {
      LOG.warn("{} cannot be read and is measured anew: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  void write(LatencyModel model) {
    try {
      Files.createDirectories(file.getParent());
      Path temporary = Files.createTempFile(file.getParent(), "latency", ".tmp");
      Files.write(temporary, JSON.writeValueAsString(model).getBytes(StandardCharsets.UTF_8));
      // A crash in between must not leave half a file.
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("the latency model cannot be kept in {}: {}", file, e.getMessage());
    }
  }
}
