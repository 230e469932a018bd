package io.fiddler.engine.load.latency;

import io.fiddler.engine.file.KeptFile;
import io.fiddler.engine.latency.MeasuredLatency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A measured latency model kept in a file, one for each machine set-up and model. A file that
/// cannot be read, or was written by another version, is measured anew; one that cannot be written
/// costs a measurement at the next start; each is logged.
final class LatencyModelFile {
  /// Where the files are, under `home`.
  static final String FOLDER = "latency";

  /// What the numbers mean: raised when they are measured in another way. 2: with the other lane
  /// running.
  private static final int VERSION = 2;

  private static final Logger LOG = LoggerFactory.getLogger(LatencyModelFile.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;

  /// What is written.
  private record Content(int version, MeasuredLatency latency) {
    Content {
      Objects.requireNonNull(latency, "latency");
    }
  }

  /// The file for this fingerprint and set-up (device, threads, kernels) under `home`.
  LatencyModelFile(Path home, String fingerprint, String setUp) {
    String name = prefix(fingerprint) + part(setUp);
    this.file = home.resolve(FOLDER).resolve(name + ".json");
  }

  /// A set-up, or the beginning of one, as it is in the name of a file.
  static String part(String setUp) {
    return setUp.replaceAll("[^A-Za-z0-9]+", "-");
  }

  /// What the names of a model's files begin with.
  static String prefix(String fingerprint) {
    return fingerprint.substring(0, 16) + "-";
  }

  /// What is there, if it was measured with as many rows as are needed now.
  Optional<MeasuredLatency> read(int maxRows) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode content = JSON.readTree(Files.readString(file));
      if (content.path("version").asInt(0) != VERSION) {
        LOG.info("{} was measured by another version of Fiddler and is measured anew", file);
        return Optional.empty();
      }
      MeasuredLatency latency = JSON.treeToValue(content, Content.class).latency();
      if (latency.maxRows() < maxRows) {
        LOG.info(
            "{} was measured with up to {} rows and is measured anew with up to {}",
            file,
            latency.maxRows(),
            maxRows);
        return Optional.empty();
      }
      return Optional.of(latency);
    } catch (JacksonException e) {
      LOG.warn("{} cannot be read and is measured anew: {}", file, e.getOriginalMessage());
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("{} cannot be read and is measured anew: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  void write(MeasuredLatency latency) {
    try {
      KeptFile.replace(file, JSON.writeValueAsBytes(new Content(VERSION, latency)));
    } catch (IOException e) {
      LOG.warn("the latency model cannot be kept in {}: {}", file, e.getMessage());
    }
  }
}
