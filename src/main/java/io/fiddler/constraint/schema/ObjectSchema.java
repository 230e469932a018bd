package io.fiddler.constraint.schema;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.expression.Expression.Rule;
import io.fiddler.constraint.json.JsonSyntax;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;

/// Objects: `properties` in their order, of which those not in `required` may be left out, and then
/// `additionalProperties`. Where a schema with properties does not speak of others there are none.
final class ObjectSchema {
  private final Elements elements;
  private final Map<String, Expression> properties = new LinkedHashMap<>();
  private final Set<String> required;
  private final @Nullable Expression other;

  private ObjectSchema(Place place, Elements elements, Function<Place, Expression> compiler) {
    this.elements = elements;
    this.required = required(place);
    JsonNode declared = place.get("properties");
    if (declared != null && !declared.isObject()) {
      throw place.wrong("properties", "must be an object");
    }
    JsonNode additional = place.get("additionalProperties");
    if (additional == null) {
      additional = BooleanNode.valueOf(declared == null);
    }
    Set<String> names = new LinkedHashSet<>();
    if (declared != null) {
      for (Map.Entry<String, JsonNode> entry : declared.properties()) {
        names.add(entry.getKey());
        declare(
            place.below(entry.getValue(), "properties", entry.getKey()), entry.getKey(), compiler);
      }
    }
    Place others = place.below(additional, "additionalProperties");
    this.other = isFalse(additional) ? null : compiler.apply(others);
    for (String name : required) {
      if (names.add(name)) {
        if (other == null) {
          throw place.wrong(
              "required", "must name properties that are allowed", "\"" + name + "\"");
        }
        properties.put(name, other);
      }
    }
    this.names = names;
    elements.take(names.size(), place);
    int min = place.count("minProperties", 0);
    if (min > required.size()) {
      throw place.wrong("minProperties", "is not supported beyond the required properties");
    }
  }

  private final Set<String> names;

  static Expression compile(Place place, Elements elements, Function<Place, Expression> compiler) {
    return JsonSyntax.container("{", new ObjectSchema(place, elements, compiler).beginning());
  }

  private void declare(Place place, String name, Function<Place, Expression> compiler) {
    if (isFalse(place.schema())) {
      if (required.contains(name)) {
        throw place.wrongHere("a required property must be allowed", "false");
      }
      return;
    }
    properties.put(name, compiler.apply(place));
  }

  private static boolean isFalse(JsonNode schema) {
    return schema.isBoolean() && !schema.booleanValue();
  }

  private static Set<String> required(Place place) {
    Set<String> required = new LinkedHashSet<>();
    JsonNode array = place.get("required");
    if (array == null) {
      return required;
    }
    for (JsonNode name : array) {
      if (!array.isArray() || !name.isString()) {
        throw place.wrong("required", "must be an array of strings");
      }
      required.add(name.stringValue());
    }
    if (!array.isArray()) {
      throw place.wrong("required", "must be an array of strings");
    }
    return required;
  }

  /// From the end to the beginning: what may come from each property on, after another one
  /// (`later`) and as the first one (`first`).
  private Expression beginning() {
    Expression later = JsonSyntax.end("}");
    Expression first = JsonSyntax.literal("}");
    if (other != null) {
      Expression member = JsonSyntax.otherMember(names, other);
      Rule more = elements.rule("other properties");
      more.define(JsonSyntax.rest("}", member, more));
      later = more;
      first = JsonSyntax.choice(first, JsonSyntax.sequence(member, more));
    }
    List<Map.Entry<String, Expression>> members = new ArrayList<>(properties.entrySet());
    for (int i = members.size() - 1; i >= 0; i--) {
      String name = members.get(i).getKey();
      Expression member = JsonSyntax.member(Texts.json(name), members.get(i).getValue());
      Rule laterRule = elements.rule(name);
      Rule firstRule = elements.rule(name);
      Expression with = JsonSyntax.next(member, later);
      Expression begins = JsonSyntax.sequence(member, later);
      boolean mayMiss = !required.contains(name);
      laterRule.define(mayMiss ? JsonSyntax.choice(with, later) : with);
      firstRule.define(mayMiss ? JsonSyntax.choice(begins, first) : begins);
      later = laterRule;
      first = firstRule;
    }
    return first;
  }
}
