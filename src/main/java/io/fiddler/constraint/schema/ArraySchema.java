package io.fiddler.constraint.schema;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.expression.Expression.Rule;
import io.fiddler.constraint.json.JsonSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Arrays: `prefixItems`, `items`, `minItems`, `maxItems`.
final class ArraySchema {
  private final List<Expression> first = new ArrayList<>();
  private final @Nullable Expression others;
  private final int min;
  private final int max;
  private final Elements elements;

  private ArraySchema(Place place, Elements elements, Function<Place, Expression> compiler) {
    this.elements = elements;
    if (place.has("prefixItems")) {
      JsonNode prefix = place.array("prefixItems");
      for (int i = 0; i < prefix.size(); i++) {
        first.add(compiler.apply(place.below(prefix.get(i), "prefixItems", Integer.toString(i))));
      }
    }
    this.others = others(place, compiler);
    this.min = place.count("minItems", 0);
    int most = place.count("maxItems", Integer.MAX_VALUE);
    if (most < min) {
      throw place.wrong("maxItems", "must not be below minItems (%d)".formatted(min));
    }
    this.max = others == null ? Math.min(most, first.size()) : most;
    if (max < min) {
      throw place.wrong(
          "minItems", "must be at most %d where no further items are allowed".formatted(max));
    }
    elements.take(max == Integer.MAX_VALUE ? Math.max(min, first.size()) : max, place);
  }

  static Expression compile(Place place, Elements elements, Function<Place, Expression> compiler) {
    ArraySchema array = new ArraySchema(place, elements, compiler);
    return JsonSyntax.container("[", array.beginning());
  }

  /// Items after those of `prefixItems`; null for none.
  private @Nullable Expression others(Place place, Function<Place, Expression> compiler) {
    JsonNode items = place.get("items");
    if (items == null) {
      return first.isEmpty() ? JsonSyntax.VALUE : null;
    }
    if (items.isArray()) {
      throw place.wrong("items", "must be a schema; schemas of single items go into prefixItems");
    }
    boolean none = items.isBoolean() && !items.booleanValue();
    return none ? null : compiler.apply(place.below(items, "items"));
  }

  private Expression item(int index) {
    if (index < first.size()) {
      return first.get(index);
    }
    return others == null ? JsonSyntax.VALUE : others;
  }

  private Expression beginning() {
    List<Expression> ways = new ArrayList<>();
    if (min == 0) {
      ways.add(JsonSyntax.literal("]"));
    }
    if (max > 0) {
      ways.add(JsonSyntax.sequence(item(0), after()));
    }
    return JsonSyntax.choice(ways.toArray(new Expression[0]));
  }

  /// What comes after the first item: made from the end, each item a rule of its own.
  private Expression after() {
    int counted = max == Integer.MAX_VALUE ? Math.max(1, Math.max(min, first.size())) : max;
    Expression after;
    if (max == Integer.MAX_VALUE) {
      Rule more = elements.rule("items");
      more.define(JsonSyntax.rest("]", item(counted), more));
      after = more;
    } else {
      after = JsonSyntax.end("]");
    }
    for (int i = counted - 1; i > 0; i--) {
      Expression next = JsonSyntax.next(item(i), after);
      Rule rule = elements.rule("items after " + i);
      rule.define(i < min ? next : JsonSyntax.choice(JsonSyntax.end("]"), next));
      after = rule;
    }
    return after;
  }
}
