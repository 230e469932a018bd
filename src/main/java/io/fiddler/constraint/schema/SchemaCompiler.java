package io.fiddler.constraint.schema;

import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.InvalidSchemaException;
import io.fiddler.constraint.json.JsonSyntax;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/// A JSON Schema to a grammar.
final class SchemaCompiler {
  private SchemaCompiler() {}

  static Grammar compile(JsonNode schema, String text, GrammarLimits limits) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limits.maxSchemaBytes()) {
      throw new InvalidSchemaException(
          "#",
          "a schema must have at most %d bytes".formatted(limits.maxSchemaBytes()),
          bytes + "");
    }
    if (schema.isObject() && schema.isEmpty()) {
      return new Grammar(JsonSyntax.VALUE, limits.maxDepth());
    }
    throw new InvalidSchemaException("#", "a schema must be empty", text);
  }
}
