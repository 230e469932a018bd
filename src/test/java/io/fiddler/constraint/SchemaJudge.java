package io.fiddler.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Says whether a text satisfies a schema: by a validator that is not ours.
public final class SchemaJudge {
  private SchemaJudge() {}

  /// Fails if `text` is not JSON that satisfies `schema`.
  public static void assertSatisfies(JsonNode schema, String text) {
    assertThat(errors(schema, Judge.parse(text)))
        .as("%s for the schema %s", text, schema)
        .isEmpty();
  }

  private static List<Error> errors(JsonNode schema, JsonNode value) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema)
        .validate(
            value,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }
}
