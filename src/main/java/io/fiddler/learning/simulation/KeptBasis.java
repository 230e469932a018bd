package io.fiddler.learning.simulation;

import io.fiddler.engine.file.KeptFile;
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
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Bases of simulations as files, one for each model and kind of device.
///
/// @param folder `simulation` in `fiddler.home`
public record KeptBasis(Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(KeptBasis.class);
  private static final int FINGERPRINT_CHARACTERS = 16;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /// Keeps a basis; one that cannot be written is missed by simulations without the service only.
  public void write(SimulationBasis basis) {
    String start =
        basis
            .fingerprint()
            .substring(0, Math.min(FINGERPRINT_CHARACTERS, basis.fingerprint().length()));
    Path file = folder.resolve(start + "-" + basis.device() + ".json");
    try {
      KeptFile.replace(file, JSON.writeValueAsBytes(basis));
    } catch (IOException | JacksonException e) {
      LOG.warn("What simulations need to know cannot be kept in {}: {}", file, e.getMessage());
    }
  }

  /// The one written last.
  ///
  /// @throws IOException if it cannot be read
  public Optional<SimulationBasis> latest() throws IOException {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> file.toString().endsWith(".json"))
              .sorted(Comparator.comparingLong((Path file) -> file.toFile().lastModified()))
              .toList();
    }
    return files.isEmpty() ? Optional.empty() : Optional.of(read(files.getLast()));
  }

  /// A basis from its file.
  ///
  /// @throws IOException if it cannot be read
  public static SimulationBasis read(Path file) throws IOException {
    try {
      return JSON.readValue(Files.readAllBytes(file), SimulationBasis.class);
    } catch (JacksonException e) {
      throw new IOException(file + " is no basis of simulations: " + e.getOriginalMessage(), e);
    }
  }
}
