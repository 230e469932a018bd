package io.fiddler.safetensors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// Reads the JSON header of a safetensors file token by token, so that a hostile one costs no more
/// memory than the tensors it describes.
final class HeaderParser {
  private static final int MAX_TENSORS = 1_000_000;
  private static final int MAX_RANK = 8;

  private final Path file;
  private final JsonParser json;

  private HeaderParser(Path file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /// The tensors of `header` by name, each consistent in itself but not yet checked against the
  /// others.
  static Map<String, TensorEntry> parse(Path file, byte[] header) {
    try (JsonParser json = StrictJson.parser(header)) {
      return new HeaderParser(file, json).tensors();
    } catch (JacksonException e) {
      throw new SafetensorsException(
          "the header is not valid JSON: %s (%s)".formatted(StrictJson.reason(e), file), e);
    }
  }

  private Map<String, TensorEntry> tensors() {
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    boolean metadataSeen = false;
    expect(JsonToken.START_OBJECT, "the header");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      boolean duplicate;
      if (name.equals("__metadata__")) {
        duplicate = metadataSeen;
        metadataSeen = true;
        skipMetadata();
      } else {
        duplicate = tensors.put(name, tensor(name)) != null;
      }
      if (duplicate) {
        throw new SafetensorsException(
            "the header names %s twice (%s)".formatted(StrictJson.quote(name), file));
      }
      if (tensors.size() > MAX_TENSORS) {
        throw new SafetensorsException(
            "a header may name at most %d tensors, this one has more (%s)"
                .formatted(MAX_TENSORS, file));
      }
    }
    if (json.nextToken() != null) {
      throw new SafetensorsException("the header goes on after its JSON object (" + file + ")");
    }
    return tensors;
  }

  private void skipMetadata() {
    expect(JsonToken.START_OBJECT, "__metadata__");
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      expect(JsonToken.VALUE_STRING, "every value of __metadata__");
    }
  }

  private TensorEntry tensor(String name) {
    String what = "tensor " + StrictJson.quote(name);
    Dtype dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    expect(JsonToken.START_OBJECT, what);
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = json.currentName();
      String where = what + ": " + StrictJson.quote(key);
      boolean duplicate =
          switch (key) {
            case "dtype" -> dtype != null;
            case "shape" -> shape != null;
            case "data_offsets" -> offsets != null;
            default ->
                throw new SafetensorsException(
                    "%s is not a key of a tensor (%s)".formatted(where, file));
          };
      if (duplicate) {
        throw new SafetensorsException("%s is given twice (%s)".formatted(where, file));
      }
      switch (key) {
        case "dtype" -> dtype = dtype(what);
        case "shape" -> shape = naturals(where, MAX_RANK);
        default -> offsets = naturals(where, 2);
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
      throw new SafetensorsException(
          "%s must have dtype, shape and two data_offsets (%s)".formatted(what, file));
    }
    TensorEntry entry = new TensorEntry(name, dtype, shape, offsets.get(0), offsets.get(1));
    requireConsistent(what, entry);
    return entry;
  }

  private Dtype dtype(String what) {
    expect(JsonToken.VALUE_STRING, what + ": dtype");
    String name = json.getString();
    return Dtype.named(name)
        .orElseThrow(() ->
            new SafetensorsException(
                "%s has the unknown dtype %s (%s)".formatted(what, StrictJson.quote(name), file)));
  }

  private List<Long> naturals(String what, int maxCount) {
    List<Long> numbers = new ArrayList<>();
    expect(JsonToken.START_ARRAY, what);
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
          || !(json.getNumberValue() instanceof Integer || json.getNumberValue() instanceof Long)
          || json.getLongValue() < 0) {
        throw new SafetensorsException(
            "%s must hold whole numbers in [0, 2^63), got %s (%s)"
                .formatted(what, StrictJson.quote(json.getString()), file));
      }
      numbers.add(json.getLongValue());
      if (numbers.size() > maxCount) {
        throw new SafetensorsException(
            "%s must have at most %d numbers, got more (%s)".formatted(what, maxCount, file));
      }
    }
    return numbers;
  }

  private void requireConsistent(String what, TensorEntry entry) {
    if (entry.end() < entry.begin()) {
      throw new SafetensorsException(
          "%s: data_offsets must not decrease, got [%d, %d] (%s)"
              .formatted(what, entry.begin(), entry.end(), file));
    }
    long bits;
    try {
      bits = entry.shape().stream().reduce((long) entry.dtype().sizeBits(), Math::multiplyExact);
    } catch (ArithmeticException e) {
      throw new SafetensorsException(
          "%s: the size of shape %s overflows (%s)".formatted(what, entry.shape(), file), e);
    }
    if (bits % 8 != 0 || bits / 8 != entry.sizeBytes()) {
      throw new SafetensorsException(
          "%s: %s of shape %s needs %s bytes, but data_offsets span %d (%s)"
              .formatted(
                  what,
                  entry.dtype(),
                  entry.shape(),
                  bits % 8 == 0 ? bits / 8 : "a broken number of",
                  entry.sizeBytes(),
                  file));
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
