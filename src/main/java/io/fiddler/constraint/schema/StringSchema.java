package io.fiddler.constraint.schema;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.json.AnyText;
import io.fiddler.constraint.json.Content;
import io.fiddler.constraint.json.JsonString;
import io.fiddler.constraint.json.JsonSyntax;
import io.fiddler.constraint.regex.Pattern;
import io.fiddler.constraint.regex.RegexException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Strings: `minLength`, `maxLength`, `pattern`, `format`.
final class StringSchema {
  private StringSchema() {}

  static Expression compile(Place place, Elements elements) {
    int min = place.count("minLength", 0);
    int max = place.count("maxLength", Integer.MAX_VALUE);
    if (max < min) {
      throw place.wrong("maxLength", "must not be below minLength (%d)".formatted(min));
    }
    JsonNode pattern = place.get("pattern");
    String format = StringFormats.pattern(place);
    if (pattern != null && format != null) {
      throw place.wrong("pattern", "is not supported beside format");
    }
    if (pattern != null) {
      if (!pattern.isString()) {
        throw place.wrong("pattern", "must be a string");
      }
      return string(matching(place, "pattern", pattern.stringValue(), min, max, elements));
    }
    return string(
        format == null
            ? AnyText.ofLength(min, max)
            : matching(place, "format", format, min, max, elements));
  }

  private static Content matching(
      Place place, String keyword, @Nullable String pattern, int min, int max, Elements elements) {
    try {
      Pattern compiled =
          Pattern.of(String.valueOf(pattern), min, max, elements.limits().maxStates());
      elements.takePattern(compiled.size(), place);
      return compiled;
    } catch (RegexException e) {
      throw place.wrong(keyword, String.valueOf(e.getMessage()));
    }
  }

  private static Expression string(Content content) {
    return JsonSyntax.terminal(new JsonString(content));
  }
}
