package io.fiddler.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Gives special tokens other names throughout a tokenizer.json, so that each keeps its id: the
/// library finds ids by names, in the added tokens and in the vocabulary.
///
/// @param names old to new
record SpecialTokenNames(Map<String, String> names) {
  /// The same tokenizer with the new names; changes `root`.
  ObjectNode applyTo(ObjectNode root) {
    for (JsonNode added : root.path("added_tokens")) {
      rename(added, "content");
    }
    JsonNode model = root.path("model");
    rename(model, "unk_token");
    JsonNode vocabulary = model.path("vocab");
    if (vocabulary.isObject()) {
      ((ObjectNode) model).set("vocab", renamed((ObjectNode) vocabulary));
    } else if (vocabulary.isArray()) {
      for (JsonNode scored : vocabulary) {
        renameFirst((ArrayNode) scored);
      }
    }
    // It puts special tokens around texts, which is not wanted here, and names them.
    root.putNull("post_processor");
    return root;
  }

  private void rename(JsonNode node, String field) {
    String name = node.path(field).asString("");
    if (names.containsKey(name)) {
      ((ObjectNode) node).put(field, names.get(name));
    }
  }

  private void renameFirst(ArrayNode scored) {
    String name = scored.get(0).asString();
    if (names.containsKey(name)) {
      scored.set(0, scored.stringNode(names.get(name)));
    }
  }

  private ObjectNode renamed(ObjectNode vocabulary) {
    List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(vocabulary.properties());
    ObjectNode result = vocabulary.objectNode();
    entries.forEach(
        entry -> result.set(names.getOrDefault(entry.getKey(), entry.getKey()), entry.getValue()));
    return result;
  }
}
