package io.fiddler.model.config;

import io.fiddler.model.ModelLoadException;
import io.fiddler.safetensors.IoReason;
import io.fiddler.safetensors.JsonReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON object of a configuration file, read value by value; what is wrong names key and file. A
/// key whose value is null counts as absent, as Hugging Face writes it.
final class ConfigObject {
  private static final long MAX_BYTES = 16L << 20;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final String prefix;
  private final JsonNode node;

  private ConfigObject(Path file, String prefix, JsonNode node) {
    this.file = file;
    this.prefix = prefix;
    this.node = node;
  }

  /// Reads a file that must be there.
  static ConfigObject read(Path file) {
    JsonNode node;
    try {
      long sizeBytes = Files.size(file);
      if (sizeBytes > MAX_BYTES) {
        throw new ModelLoadException(
            "a configuration has at most %d bytes, got %d (%s)"
                .formatted(MAX_BYTES, sizeBytes, file));
      }
      node = MAPPER.readTree(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw new ModelLoadException(file + " is missing", e);
    } catch (IOException e) {
      throw new ModelLoadException("cannot read %s: %s".formatted(file, IoReason.of(e)), e);
    } catch (JacksonException e) {
      throw new ModelLoadException("not valid JSON: %s (%s)".formatted(JsonReason.of(e), file), e);
    }
    if (!node.isObject()) {
      throw new ModelLoadException("the file must hold a JSON object (" + file + ")");
    }
    return new ConfigObject(file, "", node);
  }

  Path file() {
    return file;
  }

  boolean has(String key) {
    return value(key) != null;
  }

  private @Nullable JsonNode value(String key) {
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  private JsonNode required(String key) {
    JsonNode value = value(key);
    if (value == null) {
      throw new ModelLoadException("%s%s is missing (%s)".formatted(prefix, key, file));
    }
    return value;
  }

  int integer(String key, int min, int max) {
    return integer(key, required(key), min, max);
  }

  OptionalInt optionalInteger(String key, int min, int max) {
    JsonNode value = value(key);
    return value == null ? OptionalInt.empty() : OptionalInt.of(integer(key, value, min, max));
  }

  private int integer(String key, JsonNode value, int min, int max) {
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw invalid(key, "must be a whole number in [%d, %d]".formatted(min, max), value);
    }
    return value.intValue();
  }

  /// A finite number of at least `min`.
  OptionalDouble optionalNumber(String key, double min) {
    JsonNode value = value(key);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(number(key, value, min));
  }

  double number(String key, double min) {
    return number(key, required(key), min);
  }

  private double number(String key, JsonNode value, double min) {
    if (!value.isNumber() || !Double.isFinite(value.asDouble(Double.NaN))) {
      throw invalid(key, "must be a finite number", value);
    }
    double number = value.asDouble();
    if (number < min) {
      throw invalid(key, "must be at least " + min, value);
    }
    return number;
  }

  /// A finite number above zero.
  double positive(String key) {
    return positive(key, required(key));
  }

  OptionalDouble optionalPositive(String key) {
    JsonNode value = value(key);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(positive(key, value));
  }

  private double positive(String key, JsonNode value) {
    if (number(key, value, 0) == 0) {
      throw invalid(key, "must be positive", value);
    }
    return value.asDouble();
  }

  boolean flag(String key, boolean absent) {
    JsonNode value = value(key);
    if (value != null && !value.isBoolean()) {
      throw invalid(key, "must be true or false", value);
    }
    return value == null ? absent : value.booleanValue();
  }

  String string(String key) {
    return string(key, required(key));
  }

  Optional<String> optionalString(String key) {
    JsonNode value = value(key);
    return value == null ? Optional.empty() : Optional.of(string(key, value));
  }

  private String string(String key, JsonNode value) {
    if (!value.isString()) {
      throw invalid(key, "must be a string", value);
    }
    return value.stringValue();
  }

  Optional<ConfigObject> object(String key) {
    JsonNode value = value(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isObject()) {
      throw invalid(key, "must be an object", value);
    }
    return Optional.of(new ConfigObject(file, prefix + key + ".", value));
  }

  boolean sameAs(ConfigObject other) {
    return node.equals(other.node);
  }

  /// A token id or a list of them; empty if absent.
  Set<Integer> tokenIds(String key, int vocabSize) {
    Set<Integer> ids = new LinkedHashSet<>();
    switch (value(key)) {
      case null -> {}
      case JsonNode list when list.isArray() ->
          list.forEach(id -> ids.add(integer(key, id, 0, vocabSize - 1)));
      case JsonNode id -> ids.add(integer(key, id, 0, vocabSize - 1));
    }
    return ids;
  }

  /// The failure that `key` breaks `rule`.
  ModelLoadException invalid(String key, String rule) {
    return invalid(key, rule, required(key));
  }

  private ModelLoadException invalid(String key, String rule, JsonNode got) {
    String text = got.toString();
    String shown = text.length() > 100 ? text.substring(0, 100) + "..." : text;
    return new ModelLoadException("%s%s %s, got %s (%s)".formatted(prefix, key, rule, shown, file));
  }
}
