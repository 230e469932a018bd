package io.fiddler.api.chat.message;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A call in an earlier message of the assistant.
///
/// @param id by which its result refers to it
/// @param name of the tool
/// @param arguments an object
record ToolCallMessage(String id, String name, JsonNode arguments) {
  /// So that a whole chat with them, which nests them deeper, can still be written for its
  /// template.
  private static final int MAX_NESTING = 400;

  private static final String ARGUMENTS =
      "a JSON object of at most %d levels in a string".formatted(MAX_NESTING);
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
                  .build())
          .build();

  /// The calls of a message.
  static List<ToolCallMessage> readAll(String place, JsonNode value) {
    if (!value.isArray()) {
      throw JsonFields.wrong(place, "an array of tool calls", value);
    }
    List<ToolCallMessage> calls = new ArrayList<>(value.size());
    for (int i = 0; i < value.size(); i++) {
      calls.add(read(JsonFields.within(place + "[" + i + "]", value.get(i))));
    }
    return calls;
  }

  private static ToolCallMessage read(JsonFields call) {
    String type = call.string("type");
    if (type != null && !type.equals("function")) {
      throw ApiError.invalid(
              call.place("type"),
              "unsupported_value",
              "%s must be \"function\", got \"%s\"".formatted(call.place("type"), type))
          .asException();
    }
    JsonFields function = call.object("function");
    if (function == null) {
      throw missing(call.place("function"), "an object with name and arguments");
    }
    return new ToolCallMessage(
        required(call, "id"), required(function, "name"), arguments(function));
  }

  /// A string with JSON in OpenAI's schema; templates want what is in it.
  private static JsonNode arguments(JsonFields function) {
    String place = function.place("arguments");
    JsonNode value = function.value("arguments");
    if (value == null || (value.isString() && value.stringValue().isBlank())) {
      return JSON.createObjectNode();
    }
    JsonNode arguments = value;
    if (value.isString()) {
      try {
        arguments = JSON.readTree(value.stringValue());
      } catch (JacksonException e) {
        throw JsonFields.wrong(place, ARGUMENTS, value);
      }
    }
    if (arguments == null || !arguments.isObject()) {
      throw JsonFields.wrong(place, ARGUMENTS, value);
    }
    return arguments;
  }

  private static String required(JsonFields fields, String name) {
    String value = fields.string(name);
    if (value == null) {
      throw missing(fields.place(name), "a string");
    }
    return value;
  }

  private static RuntimeException missing(String place, String what) {
    return ApiError.invalid(place, "missing_field", place + " is required: " + what).asException();
  }

  /// In the form that templates expect.
  ObjectNode node() {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", id).put("type", "function");
    node.putObject("function").put("name", name).set("arguments", arguments);
    return node;
  }
}
