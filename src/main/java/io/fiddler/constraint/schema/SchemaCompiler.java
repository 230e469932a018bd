package io.fiddler.constraint.schema;

import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.InvalidSchemaException;
import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.expression.OneOf;
import io.fiddler.constraint.expression.Rules;
import io.fiddler.constraint.json.JsonSyntax;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.StringNode;

/// A JSON Schema to a grammar.
final class SchemaCompiler {
  /// Whoever combines more combines a schema with itself, again and again.
  private static final int MAX_MERGES = 100;

  private final Elements elements;
  private final References references;

  private SchemaCompiler(JsonNode root, GrammarLimits limits) {
    this.elements = new Elements(limits);
    this.references = new References(root, elements);
  }

  /// The grammar of `schema`.
  ///
  /// @param text the schema's JSON
  static Grammar compile(JsonNode schema, String text, GrammarLimits limits) {
    int sizeBytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (sizeBytes > limits.maxSchemaBytes()) {
      throw new InvalidSchemaException(
          "#",
          "a schema must have at most %d bytes".formatted(limits.maxSchemaBytes()),
          Integer.toString(sizeBytes));
    }
    return new SchemaCompiler(schema, limits).grammar(new Place(schema, "#", 0, 0));
  }

  private Grammar grammar(Place root) {
    Expression expression = compile(root);
    references.compileAll(this::compile);
    Rules.settle(elements.rules());
    int maxDepth = elements.limits().maxDepth();
    if (expression.height() == Expression.INFINITE) {
      throw root.wrongHere(
          "a schema must be satisfied by some finite value", Place.shown(root.schema()));
    }
    if (expression.height() > maxDepth) {
      throw root.wrongHere(
          "a schema must be satisfied by values of at most %d levels".formatted(maxDepth),
          Integer.toString(expression.height()));
    }
    return new Grammar(expression, maxDepth);
  }

  private Expression compile(Place place) {
    int maxDepth = elements.limits().maxDepth();
    if (place.depth() > maxDepth) {
      throw place.wrongHere("a schema must nest at most %d levels".formatted(maxDepth), "more");
    }
    if (place.merges() > MAX_MERGES) {
      throw place.wrongHere(
          "a schema must combine at most %d others by $ref, allOf and anyOf".formatted(MAX_MERGES),
          "more");
    }
    elements.take(1, place);
    JsonNode schema = place.schema();
    if (schema.isBoolean()) {
      if (!schema.booleanValue()) {
        throw place.wrongHere("a schema must be satisfied by some value", "false");
      }
      return JsonSyntax.VALUE;
    }
    if (!schema.isObject()) {
      throw place.wrongHere("a schema must be an object or a boolean", Place.shown(schema));
    }
    Keywords.check(place);
    return combined(place);
  }

  private Expression combined(Place place) {
    if (place.has("$ref")) {
      Place rest = place.without("$ref");
      return Keywords.asserts(rest.schema())
          ? compile(place.with(SchemaMerge.of(place, references.target(place), rest.schema())))
          : references.rule(place);
    }
    if (place.has("allOf")) {
      return compile(place.with(allOf(place)));
    }
    if (place.has("anyOf") || place.has("oneOf")) {
      return anyOf(place);
    }
    if (place.has("enum") || place.has("const")) {
      return values(place);
    }
    List<Expression> ways = new ArrayList<>();
    for (JsonType type : JsonType.of(place)) {
      ways.add(ofType(type, place));
    }
    return JsonSyntax.choice(ways.toArray(new Expression[0]));
  }

  private JsonNode allOf(Place place) {
    JsonNode merged = place.without("allOf").schema();
    JsonNode schemas = place.array("allOf");
    for (int i = 0; i < schemas.size(); i++) {
      Place one = place.below(schemas.get(i), "allOf", Integer.toString(i));
      JsonNode schema = one.schema();
      if (!schema.isObject() && !schema.isBoolean()) {
        throw one.wrongHere("a schema must be an object or a boolean", Place.shown(schema));
      }
      Set<JsonNode> followed = new HashSet<>();
      while (schema.has("$ref")) {
        if (!followed.add(schema.get("$ref"))) {
          throw one.with(schema).wrong("$ref", "must not lead back to itself");
        }
        // Its siblings first, so that they are not lost with the reference.
        JsonNode siblings = one.with(schema).without("$ref").schema();
        elements.take(1, one);
        schema = SchemaMerge.of(one, references.target(one.with(schema)), siblings);
      }
      merged = SchemaMerge.of(one, merged, schema);
    }
    return merged;
  }

  private Expression anyOf(Place place) {
    if (place.has("anyOf") && place.has("oneOf")) {
      throw place.wrong("oneOf", "is not supported beside anyOf");
    }
    String keyword = place.has("anyOf") ? "anyOf" : "oneOf";
    JsonNode schemas = place.array(keyword);
    JsonNode rest = place.without(keyword).schema();
    boolean alone = !Keywords.asserts(rest);
    List<Expression> ways = new ArrayList<>();
    for (int i = 0; i < schemas.size(); i++) {
      Place one = place.below(schemas.get(i), keyword, Integer.toString(i));
      ways.add(compile(alone ? one : one.with(together(one, rest))));
    }
    return JsonSyntax.choice(ways.toArray(new Expression[0]));
  }

  /// What satisfies a schema and those around it.
  private static JsonNode together(Place one, JsonNode around) {
    if (!one.schema().isObject() && !one.schema().isBoolean()) {
      throw one.wrongHere("a schema must be an object or a boolean", Place.shown(one.schema()));
    }
    JsonNodeFactory json = JsonNodeFactory.instance;
    return json.objectNode().set("allOf", json.arrayNode().add(around).add(one.schema()));
  }

  private Expression values(Place place) {
    String keyword = place.has("enum") ? "enum" : "const";
    JsonNode values =
        place.has("enum")
            ? place.array("enum")
            : JsonNodeFactory.instance.arrayNode().add(place.get("const"));
    int most = elements.limits().maxEnumValues();
    if (values.size() > most) {
      throw place.wrong(
          "enum", "must have at most %d values".formatted(most), Integer.toString(values.size()));
    }
    for (String name : place.schema().propertyNames()) {
      if (Keywords.ASSERTIONS.contains(name) && !name.equals(keyword) && !name.equals("type")) {
        throw place.wrong(name, "is not supported beside " + keyword);
      }
    }
    Set<JsonType> types = place.has("type") ? JsonType.of(place) : Set.of(JsonType.values());
    List<String> texts = new ArrayList<>();
    for (JsonNode value : values) {
      if (!Numbers.areFinite(value)) {
        throw place.wrong(keyword, "must have numbers that a double can hold");
      }
      if (types.stream().anyMatch(type -> type.includes(value))) {
        texts.add(
            value instanceof StringNode text ? Texts.json(text.stringValue()) : value.toString());
      }
    }
    if (texts.isEmpty()) {
      throw place.wrong(keyword, "must have a value of the type asked for");
    }
    return JsonSyntax.terminal(OneOf.of(texts));
  }

  private Expression ofType(JsonType type, Place place) {
    return switch (type) {
      case OBJECT ->
          Keywords.OF_OBJECTS.stream().anyMatch(place::has)
              ? ObjectSchema.compile(place, elements, this::compile)
              : JsonSyntax.OBJECT;
      case ARRAY ->
          Keywords.OF_ARRAYS.stream().anyMatch(place::has)
              ? ArraySchema.compile(place, elements, this::compile)
              : JsonSyntax.ARRAY;
      case STRING -> StringSchema.compile(place, elements);
      case NUMBER -> NumberSchema.compile(place, false);
      case INTEGER -> NumberSchema.compile(place, true);
      case BOOLEAN -> JsonSyntax.BOOLEAN;
      case NULL -> JsonSyntax.NULL;
    };
  }
}
