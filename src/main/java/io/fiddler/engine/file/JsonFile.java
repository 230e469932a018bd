package io.fiddler.engine.file;

import io.fiddler.safetensors.JsonReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Reads and writes whole JSON files.
final class JsonFile {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonFile() {}

  /// The file's JSON, an object.
  ///
  /// @throws InvalidFileException if it cannot be read, or is something else
  static Fields read(Path file) {
    try {
      JsonNode node = JSON.readTree(Files.readAllBytes(file));
      if (!node.isObject()) {
        throw new InvalidFileException(file + " must be a JSON object");
      }
      return new Fields(file, "", node);
    } catch (NoSuchFileException e) {
      throw new InvalidFileException("there is no file " + file, e);
    } catch (IOException e) {
      throw new InvalidFileException("%s cannot be read: %s".formatted(file, e), e);
    } catch (JacksonException e) {
      throw new InvalidFileException(
          "%s is not valid JSON: %s%s".formatted(file, JsonReason.of(e), place(e)), e);
    }
  }

  private static String place(JacksonException failure) {
    return failure.getLocation() == null || failure.getLocation().getLineNr() < 1
        ? ""
        : " (line %d)".formatted(failure.getLocation().getLineNr());
  }

  /// Replaces the file in one go, so that nobody reads half of it. What is no file, such as a pipe
  /// or a device, is written to.
  ///
  /// @throws InvalidFileException if it cannot be written
  static void write(Path file, Object json) {
    String text = JSON.writeValueAsString(json) + "\n";
    try {
      Path target = Files.exists(file) ? file.toRealPath() : file;
      if (Files.exists(target) && !Files.isRegularFile(target)) {
        Files.writeString(target, text);
        return;
      }
      Path part = target.resolveSibling(target.getFileName() + ".part");
      Files.writeString(part, text);
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InvalidFileException("%s cannot be written: %s".formatted(file, e), e);
    }
  }
}
