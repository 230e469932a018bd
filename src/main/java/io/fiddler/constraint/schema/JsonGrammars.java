package io.fiddler.constraint.schema;

import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.json.JsonSyntax;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Grammars of JSON texts. Those of the latest schemas are kept, so that what was found out about a
/// grammar serves the next request too. Thread-safe.
public final class JsonGrammars {
  private static final int MAX_KEPT = 64;

  private final GrammarLimits limits;
  private final Grammar object;
  private final Map<String, Grammar> kept = new LinkedHashMap<>(16, 0.75f, true);

  public JsonGrammars(GrammarLimits limits) {
    this.limits = limits;
    this.object = new Grammar(JsonSyntax.OBJECT, limits.maxDepth());
  }

  /// Any JSON object.
  public Grammar jsonObject() {
    return object;
  }

  /// JSON that a schema describes.
  ///
  /// @throws io.fiddler.constraint.InvalidSchemaException if it is wrong, over a limit, asks for
  ///   what is not supported, or if nothing satisfies it
  public Grammar jsonSchema(JsonNode schema) {
    String text = schema.toString();
    synchronized (kept) {
      Grammar known = kept.get(text);
      if (known != null) {
        return known;
      }
    }
    Grammar grammar = SchemaCompiler.compile(schema, text, limits);
    synchronized (kept) {
      kept.put(text, grammar);
      if (kept.size() > MAX_KEPT) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
    return grammar;
  }
}
