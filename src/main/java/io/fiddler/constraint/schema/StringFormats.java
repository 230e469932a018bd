package io.fiddler.constraint.schema;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The formats of strings, as regular expressions: what they match is of the format, though a
/// format may allow more.
final class StringFormats {
  private static final String LEAP_YEAR =
      "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
  private static final String DATE =
      "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|"
          + LEAP_YEAR
          + "-02-29)";
  private static final String TIME =
      "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)";
  private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?";
  private static final String HOST = LABEL + "(?:\\." + LABEL + "){0,3}";
  private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

  private static final Map<String, String> PATTERNS =
      Map.of(
          "date",
          DATE,
          "time",
          TIME,
          "date-time",
          DATE + "T" + TIME,
          "duration",
          "P(?:\\d{1,4}W|\\d{1,4}D(?:T\\d{1,4}H(?:\\d{1,4}M(?:\\d{1,4}S)?)?)?|T\\d{1,4}H(?:\\d{1,4}M(?:\\d{1,4}S)?)?|T\\d{1,4}M(?:\\d{1,4}S)?|T\\d{1,4}S)",
          "uuid",
          "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
          "email",
          "[A-Za-z0-9_+-]{1,20}(?:\\.[A-Za-z0-9_+-]{1,20}){0,2}@" + HOST + "\\.[A-Za-z]{2,10}",
          "hostname",
          HOST,
          "ipv4",
          BYTE + "(?:\\." + BYTE + "){3}",
          "ipv6",
          "(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}",
          "uri",
          "https?://"
              + HOST
              + "(?::[1-9]\\d{0,3})?(?:/[A-Za-z0-9._~-]*)*(?:\\?[A-Za-z0-9._~=&-]*)?");

  /// Formats of the standard that are not supported; formats of nobody's standard only describe.
  private static final Set<String> UNSUPPORTED =
      Set.of(
          "idn-email",
          "idn-hostname",
          "iri",
          "iri-reference",
          "uri-reference",
          "uri-template",
          "json-pointer",
          "relative-json-pointer",
          "regex");

  private StringFormats() {}

  /// The regular expression of a schema's format; null if it has none that says anything.
  static @Nullable String pattern(Place place) {
    JsonNode format = place.get("format");
    if (format == null) {
      return null;
    }
    if (!format.isString()) {
      throw place.wrong("format", "must be a string");
    }
    if (UNSUPPORTED.contains(format.stringValue())) {
      throw place.wrong(
          "format",
          "is supported as one of " + String.join(", ", new TreeSet<>(PATTERNS.keySet())));
    }
    String pattern = PATTERNS.get(format.stringValue());
    return pattern == null ? null : "^(?:" + pattern + ")$";
  }
}
