package io.fiddler.constraint.schema;

import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.expression.Expression.Choice;
import io.fiddler.constraint.expression.Expression.Rule;
import io.fiddler.constraint.expression.Expression.Sequence;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What `$ref` points to: each schema is compiled once, as a rule, after those that refer to it.
final class References {
  private final JsonNode root;
  private final Elements elements;
  private final Map<String, Rule> rules = new HashMap<>();
  private final Map<Rule, Place> places = new LinkedHashMap<>();
  private final Queue<Map.Entry<Rule, Place>> open = new ArrayDeque<>();

  References(JsonNode root, Elements elements) {
    this.root = root;
    this.elements = elements;
  }

  /// The rule of the schema that `place` refers to.
  Rule rule(Place place) {
    JsonNode target = target(place);
    String pointer = place.schema().get("$ref").stringValue();
    return rules.computeIfAbsent(
        pointer,
        _ -> {
          Rule rule = elements.rule(pointer);
          Place referred = new Place(target, pointer, 0, 0);
          places.put(rule, referred);
          open.add(Map.entry(rule, referred));
          return rule;
        });
  }

  /// The schema that `place` refers to.
  JsonNode target(Place place) {
    JsonNode reference = place.schema().get("$ref");
    if (!reference.isString()) {
      throw place.wrong("$ref", "must be a string");
    }
    JsonNode target = resolve(reference.stringValue());
    if (target == null) {
      throw place.wrong("$ref", "must point to a schema in this one, such as #/$defs/name");
    }
    if (!target.isObject() && !target.isBoolean()) {
      throw place.wrong("$ref", "must point to an object or a boolean", Place.shown(target));
    }
    return target;
  }

  private @Nullable JsonNode resolve(String reference) {
    if (!reference.equals("#") && !reference.startsWith("#/")) {
      return null;
    }
    JsonNode node = root;
    String[] steps = reference.split("/", -1);
    for (int i = 1; i < steps.length && node != null; i++) {
      String step = decoded(steps[i]).replace("~1", "/").replace("~0", "~");
      node = node.isArray() ? item(node, step) : node.get(step);
    }
    return node;
  }

  private static String decoded(String step) {
    try {
      return URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return step;
    }
  }

  private static @Nullable JsonNode item(JsonNode array, String step) {
    return step.matches("\\d{1,6}") ? array.get(Integer.parseInt(step)) : null;
  }

  /// Compiles what is referred to, and what that refers to.
  void compileAll(Function<Place, Expression> compiler) {
    for (Map.Entry<Rule, Place> next = open.poll(); next != null; next = open.poll()) {
      next.getKey().define(compiler.apply(next.getValue()));
    }
    Set<Rule> checked = new HashSet<>();
    places.forEach((rule, place) -> checkProgress(rule, place, new HashSet<>(), checked));
  }

  /// Refuses a rule that comes back to itself before anything was read.
  private void checkProgress(
      Expression expression, Place place, Set<Rule> within, Set<Rule> checked) {
    switch (expression) {
      case Rule rule -> {
        if (!within.add(rule)) {
          throw place.wrongHere(
              "a schema must not refer to itself without an object or array in between",
              rule.name());
        }
        if (checked.add(rule)) {
          checkProgress(rule.body(), place, within, checked);
        }
        within.remove(rule);
      }
      case Choice choice ->
          choice.alternatives().forEach(way -> checkProgress(way, place, within, checked));
      // All sequences begin with a bracket, a name or a comma, but for the empty one.
      case Sequence _, Expression.Nested _, Expression.Terminal _ -> {}
    }
  }
}
