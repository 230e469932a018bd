package io.fiddler.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Changes one place of a JSON text to something that a careless reader falls over.
final class JsonMutation {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /// Values as JSON texts, since some of them no tree can hold.
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "\"\"",
          "\"x\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "[]",
          "{}",
          "[null]",
          "[[[]]]",
          "{\"a\":{\"a\":[]}}",
          "0",
          "-0",
          "-1",
          "1",
          "0.5",
          "127",
          "65536",
          "2147483647",
          "2147483648",
          "4294967296",
          "9007199254740993",
          "9223372036854775807",
          "-9223372036854775808",
          "18446744073709551616",
          "1e-400",
          "1e400",
          "1e999999999",
          "123456789012345678901234567890",
          "1" + "0".repeat(400),
          "-1" + "0".repeat(400),
          "\"NaN\"",
          "[1,2,3]",
          "\"" + "long ".repeat(400) + "\"",
          "[".repeat(600) + "]".repeat(600),
          "[".repeat(5_000));

  /// Not in any document, and replaced in the text.
  private static final String MARK = "\"@@mutated@@\"";

  private final SplittableRandom random;

  JsonMutation(SplittableRandom random) {
    this.random = random;
  }

  /// Another text; the same if it was no JSON.
  String of(String json) {
    JsonNode tree;
    try {
      tree = JsonMapper.shared().readTree(json);
    } catch (RuntimeException e) {
      return json;
    }
    List<JsonNode> containers = new ArrayList<>();
    collect(tree, containers);
    if (containers.isEmpty()) {
      return value();
    }
    JsonNode place = containers.get(random.nextInt(containers.size()));
    String value = value();
    if (place instanceof ObjectNode object) {
      value = inObject(object, value);
    } else {
      inArray((ArrayNode) place);
    }
    return tree.toString().replace(MARK, value);
  }

  private String inObject(ObjectNode object, String value) {
    List<String> names = List.copyOf(object.propertyNames());
    if (names.isEmpty()) {
      object.set("added", NODES.stringNode("@@mutated@@"));
      return value;
    }
    String name = names.get(random.nextInt(names.size()));
    JsonNode old = object.get(name);
    switch (random.nextInt(6)) {
      case 0 -> object.remove(name);
      case 1 -> {
        object.remove(name);
        object.set(name + random.nextInt(3), old);
      }
      // The same key a second time, which the text alone can say.
      case 2 -> {
        object.set(name, NODES.stringNode("@@mutated@@"));
        return value + ",\"" + name + "\":" + old;
      }
      case 3 -> {
        object.set(name, NODES.stringNode("@@mutated@@"));
        return near(old);
      }
      default -> object.set(name, NODES.stringNode("@@mutated@@"));
    }
    return value;
  }

  private void inArray(ArrayNode array) {
    int at = array.isEmpty() ? 0 : random.nextInt(array.size());
    switch (random.nextInt(3)) {
      case 0 -> array.insert(at, "@@mutated@@");
      case 1 -> {
        if (!array.isEmpty()) {
          array.remove(at);
        }
      }
      default -> {
        if (!array.isEmpty()) {
          array.set(at, NODES.stringNode("@@mutated@@"));
        }
      }
    }
  }

  /// A value of the same kind, a little off.
  private String near(JsonNode old) {
    if (old.isIntegralNumber() && old.canConvertToLong()) {
      long number = old.asLong();
      return switch (random.nextInt(5)) {
        case 0 -> Long.toString(number + 1);
        case 1 -> Long.toString(number - 1);
        case 2 -> Long.toString(number * 2);
        case 3 -> Long.toString(-number);
        default -> number + ".0";
      };
    }
    return old.isString() && !old.asString().isEmpty()
        ? NODES.stringNode(old.asString().substring(1)).toString()
        : value();
  }

  private String value() {
    return VALUES.get(random.nextInt(VALUES.size()));
  }

  private static void collect(JsonNode node, List<JsonNode> containers) {
    if (node.isContainer()) {
      containers.add(node);
      node.forEach(child -> collect(child, containers));
    }
  }
}
