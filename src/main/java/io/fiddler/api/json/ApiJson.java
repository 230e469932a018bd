package io.fiddler.api.json;

import io.fiddler.api.error.ApiError;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON as the API speaks it, whatever the application's own Jackson settings are.
public final class ApiJson {
  // Trailing text is found by hand, to say so in words of our own.
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final Pattern ADVICE =
      Pattern.compile(
          "(?s) \\([a-zA-Z ]+ at \\[Source:.*|(: | \\(|; )[^:(;]*(Feature|StreamReadConstraints).*");

  private ApiJson() {}

  /// UTF-8 bytes of a body.
  public static byte[] write(Object body) {
    return MAPPER.writeValueAsBytes(body);
  }

  /// A body as a tree, to become part of another one.
  public static JsonNode tree(Object body) {
    return MAPPER.valueToTree(body);
  }

  /// The fields of a request body.
  ///
  /// @throws io.fiddler.api.error.ApiException if it is not one JSON object
  public static JsonFields readObject(byte[] body) {
    if (body.length == 0) {
      throw malformed("The body is empty: a JSON object is required");
    }
    JsonNode root;
    try (JsonParser parser = MAPPER.createParser(body)) {
      root = MAPPER.readTree(parser);
      if (root == null || root.isMissingNode()) {
        throw malformed("The body is empty: a JSON object is required");
      }
      if (parser.nextToken() != null) {
        throw malformed("The body must be one JSON object, and more follows it");
      }
    } catch (JacksonException e) {
      throw malformed(
          "The body is not valid JSON: %s%s"
              .formatted(reason(e.getOriginalMessage()), place(e.getLocation())));
    }
    if (!root.isObject()) {
      throw malformed("The body must be a JSON object, got " + JsonFields.shown(root));
    }
    return new JsonFields(root);
  }

  /// The library's reason without its advice on how to configure the library.
  private static String reason(String message) {
    return ADVICE.matcher(message).replaceFirst("");
  }

  private static RuntimeException malformed(String message) {
    return ApiError.invalid(null, "invalid_json", message).asException();
  }

  private static String place(@Nullable TokenStreamLocation location) {
    return location == null || location.getLineNr() < 1
        ? ""
        : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
  }
}
