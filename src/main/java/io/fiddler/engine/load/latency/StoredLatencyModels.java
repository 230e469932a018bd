package io.fiddler.engine.load.latency;

import io.fiddler.device.emulated.EmulatedDevice;
import io.fiddler.dispatch.LatencyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The latency models that engines have measured on this machine and kept, for whoever predicts
/// without an engine.
///
/// @param home see {@link io.fiddler.engine.EngineOptions#home}
public record StoredLatencyModels(Path home) {
  private static final Logger LOG = LoggerFactory.getLogger(StoredLatencyModels.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// A model and where it was found.
  ///
  /// @param model what was measured
  /// @param name of its file, which tells device, threads and kernels
  public record Stored(LatencyModel model, String name) {}

  /// The one written last for a model's weights, whatever the GPU, threads and kernels; those of
  /// emulated devices say nothing about a real one.
  ///
  /// @param fingerprint of the weights
  public Optional<Stored> latest(String fingerprint) {
    return files(fingerprint).stream()
        .map(StoredLatencyModels::read)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private List<Path> files(String fingerprint) {
    Path folder = home.resolve(LatencyModelFile.FOLDER);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    String prefix = LatencyModelFile.prefix(fingerprint);
    String emulated = prefix + LatencyModelFile.part(EmulatedDevice.NAME);
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> name(file).startsWith(prefix) && !name(file).startsWith(emulated))
          .sorted(Comparator.comparingLong((Path file) -> file.toFile().lastModified()).reversed())
          .toList();
    } catch (IOException e) {
      LOG.warn("the latency models in {} cannot be listed: {}", folder, e.getMessage());
      return List.of();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static Optional<Stored> read(Path file) {
    try {
      JsonNode latency = JSON.readTree(Files.readString(file)).path("latency").path("model");
      if (latency.isMissingNode()) {
        return Optional.empty(); // of an older version, whose numbers mean something else
      }
      LatencyModel model = JSON.treeToValue(latency, LatencyModel.class);
      return Optional.of(new Stored(model, name(file)));
    } catch (IOException | JacksonException e) {
      LOG.warn("{} cannot be read: {}", file, e.getMessage());
      return Optional.empty();
    }
  }
}
