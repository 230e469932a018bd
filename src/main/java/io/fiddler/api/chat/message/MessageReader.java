package io.fiddler.api.chat.message;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.request.RequestLimits;
import io.fiddler.api.generation.request.UnsupportedFields;
import io.fiddler.api.json.JsonFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads `messages`. One for each request.
public final class MessageReader {
  private static final String FIELD = "messages";
  private static final int MAX_NAME = 256;
  private static final String ROLES =
      "\"system\", \"developer\", \"user\", \"assistant\" or \"tool\"";
  private static final List<String> UNSUPPORTED = List.of("audio", "function_call");

  private final RequestLimits limits;
  private final ArrayNode nodes = JsonMapper.shared().createArrayNode();
  private final Map<String, String> toolsByCall = new HashMap<>();
  private String firstToolField = "";
  private long characters;

  private MessageReader(RequestLimits limits) {
    this.limits = limits;
  }

  /// The messages, at least one.
  ///
  /// @throws io.fiddler.api.error.ApiException naming message, rule and value
  public static Messages read(JsonFields fields, RequestLimits limits) {
    JsonNode value = fields.value(FIELD);
    if (value == null) {
      throw ApiError.invalid(FIELD, "missing_field", "messages is required: an array of messages")
          .asException();
    }
    if (!value.isArray() || value.isEmpty()) {
      throw JsonFields.wrong(FIELD, "an array of at least one message", value);
    }
    if (value.size() > limits.maxMessages()) {
      throw JsonFields.wrong(
          FIELD,
          "messages must have at most %d messages, got %d"
              .formatted(limits.maxMessages(), value.size()));
    }
    MessageReader reader = new MessageReader(limits);
    for (int i = 0; i < value.size(); i++) {
      reader.read(FIELD + "[" + i + "]", value.get(i));
    }
    return new Messages(reader.nodes, reader.firstToolField, reader.characters);
  }

  private void read(String place, JsonNode value) {
    JsonFields message = JsonFields.within(place, value);
    UnsupportedFields.refuse(message, UNSUPPORTED);
    String role = role(message);
    ObjectNode node = nodes.addObject();
    // What developers say is what older models know as the system's word.
    node.put("role", role.equals("developer") ? "system" : role);
    switch (role) {
      case "assistant" -> readAssistant(message, node);
      case "tool" -> readResult(message, node);
      default -> node.put("content", requiredContent(message));
    }
    String name = message.string("name");
    if (name != null) {
      node.put("name", name(message, name));
    }
    limits.checkCharacters(FIELD, characters);
  }

  private static String role(JsonFields message) {
    String role = message.string("role");
    if (role == null) {
      throw ApiError.invalid(
              message.place("role"),
              "missing_field",
              "%s is required: %s".formatted(message.place("role"), ROLES))
          .asException();
    }
    if (!List.of("system", "developer", "user", "assistant", "tool").contains(role)) {
      throw JsonFields.wrong(
          message.place("role"),
          "%s must be %s, got %s"
              .formatted(
                  message.place("role"),
                  ROLES,
                  JsonFields.shown(JsonMapper.shared().valueToTree(role))));
    }
    return role;
  }

  private void readAssistant(JsonFields message, ObjectNode node) {
    JsonNode calls = message.value("tool_calls");
    if (calls != null && calls.isArray() && calls.isEmpty()) {
      calls = null;
    }
    String refusal = message.string("refusal");
    if (message.value("content") != null) {
      node.put("content", content(message));
    } else if (refusal != null) {
      node.put("content", counted(refusal));
    } else if (calls != null) {
      node.putNull("content");
    } else {
      throw missingContent(message);
    }
    if (calls != null) {
      needsTools(message.place("tool_calls"));
      String place = message.place("tool_calls");
      for (ToolCallMessage call : ToolCallMessage.readAll(place, calls)) {
        counted(call.arguments().toString());
        toolsByCall.put(counted(call.id()), counted(call.name()));
        node.withArray("tool_calls").add(call.node());
      }
    }
    String reasoning = message.string("reasoning_content");
    if (reasoning != null) {
      node.put("reasoning_content", counted(reasoning));
    }
  }

  private void readResult(JsonFields message, ObjectNode node) {
    needsTools(message.place("role"));
    String id = message.string("tool_call_id");
    if (id == null) {
      throw ApiError.invalid(
              message.place("tool_call_id"),
              "missing_field",
              "%s is required: the id of the call that this answers"
                  .formatted(message.place("tool_call_id")))
          .asException();
    }
    node.put("content", requiredContent(message));
    node.put("tool_call_id", counted(id));
    String tool = toolsByCall.get(id);
    if (tool != null) {
      node.put("name", counted(tool));
    }
  }

  private void needsTools(String field) {
    firstToolField = firstToolField.isEmpty() ? field : firstToolField;
  }

  private String requiredContent(JsonFields message) {
    if (message.value("content") == null) {
      throw missingContent(message);
    }
    return content(message);
  }

  private String content(JsonFields message) {
    return counted(ContentReader.read(message));
  }

  private String name(JsonFields message, String name) {
    if (name.isEmpty() || name.length() > MAX_NAME) {
      throw JsonFields.wrong(
          message.place("name"),
          "%s must have 1 to %d characters, got %d"
              .formatted(message.place("name"), MAX_NAME, name.length()));
    }
    return counted(name);
  }

  private String counted(String text) {
    characters += text.length();
    return text;
  }

  private static RuntimeException missingContent(JsonFields message) {
    String place = message.place("content");
    return ApiError.invalid(
            place, "missing_field", place + " is required: a string or an array of text parts")
        .asException();
  }
}
