package io.fiddler.safetensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// The `weight_map` of a `model.safetensors.index.json`: which file holds which tensor.
final class ShardIndex {
  private static final long MAX_BYTES = 100_000_000;

  private final Path file;
  private final JsonParser json;

  private ShardIndex(Path file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /// Shard file name by tensor name.
  static Map<String, String> read(Path file) {
    try (JsonParser json = StrictJson.parser(bytes(file))) {
      return new ShardIndex(file, json).weightMap();
    } catch (JacksonException e) {
      throw new SafetensorsException(
          "the index is not valid JSON: %s (%s)".formatted(StrictJson.reason(e), file), e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      long sizeBytes = Files.size(file);
      if (sizeBytes > MAX_BYTES) {
        throw new SafetensorsException(
            "an index has at most %d bytes, got %d (%s)".formatted(MAX_BYTES, sizeBytes, file));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new SafetensorsException("cannot read %s: %s".formatted(file, IoReason.of(e)), e);
    }
  }

  private Map<String, String> weightMap() {
    Map<String, String> shardOfTensor = null;
    expect(JsonToken.START_OBJECT, "the index");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      if (!json.currentName().equals("weight_map")) {
        json.nextToken();
        json.skipChildren();
      } else if (shardOfTensor != null) {
        throw new SafetensorsException("weight_map is given twice (" + file + ")");
      } else {
        shardOfTensor = shardOfTensor();
      }
    }
    if (shardOfTensor == null || shardOfTensor.isEmpty()) {
      throw new SafetensorsException("weight_map must name at least one tensor (" + file + ")");
    }
    if (json.nextToken() != null) {
      throw new SafetensorsException("the index goes on after its JSON object (" + file + ")");
    }
    return shardOfTensor;
  }

  private Map<String, String> shardOfTensor() {
    Map<String, String> shardOfTensor = new LinkedHashMap<>();
    expect(JsonToken.START_OBJECT, "weight_map");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String tensor = json.currentName();
      expect(JsonToken.VALUE_STRING, "weight_map: " + StrictJson.quote(tensor));
      String shard = json.getString();
      requireFileName(tensor, shard);
      if (shardOfTensor.put(tensor, shard) != null) {
        throw new SafetensorsException(
            "weight_map names %s twice (%s)".formatted(StrictJson.quote(tensor), file));
      }
    }
    return shardOfTensor;
  }

  /// A shard lies beside the index: a path could name any file of the machine.
  private void requireFileName(String tensor, String shard) {
    boolean plain =
        shard.endsWith(".safetensors")
            && shard.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    if (!plain) {
      throw new SafetensorsException(
          "weight_map: %s must be in a .safetensors file beside the index, got %s (%s)"
              .formatted(StrictJson.quote(tensor), StrictJson.quote(shard), file));
    }
  }

  private void expect(JsonToken expected, String what) {
    JsonToken got = json.nextToken();
    if (got != expected) {
      throw new SafetensorsException(
          "%s must be %s, got %s (%s)"
              .formatted(what, StrictJson.kind(expected), StrictJson.kind(got), file));
    }
  }
}
