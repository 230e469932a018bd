package io.fiddler.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Says whether a text is JSON, and whether it satisfies a schema: by a parser and a validator that
/// are not ours.
public final class Judge {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private Judge() {}

  /// The value of a JSON text; fails where it is none.
  public static JsonNode parse(String text) {
    return MAPPER.readTree(text);
  }

  /// Fails if `text` is not JSON that satisfies `schema`.
  public static void assertSatisfies(JsonNode schema, String text) {
    assertThat(errors(schema, parse(text))).as("%s for the schema %s", text, schema).isEmpty();
  }

  private static List<Error> errors(JsonNode schema, JsonNode value) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema)
        .validate(
            value,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }
}
