package io.fiddler.api.chat.tool;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.json.JsonFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads `tools`, `tool_choice` and `parallel_tool_calls`.
public final class ToolReader {
  private static final String TOOLS = "tools";
  private static final String CHOICE = "tool_choice";
  private static final String CHOICES =
      "\"none\", \"auto\", \"required\" or {\"type\": \"function\", \"function\": {\"name\": ...}}";
  private static final int MAX_TOOLS = 128;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

  private ToolReader() {}

  /// The tools, without any if the request has none.
  ///
  /// @throws io.fiddler.api.error.ApiException naming field, rule and value
  public static ToolRequest read(JsonFields fields) {
    List<Tool> tools = tools(fields.value(TOOLS));
    boolean parallel = fields.flag("parallel_tool_calls", true);
    return new ToolRequest(tools, choice(fields.value(CHOICE), tools), parallel);
  }

  private static List<Tool> tools(@Nullable JsonNode value) {
    if (value == null) {
      return List.of();
    }
    if (!value.isArray() || value.size() > MAX_TOOLS) {
      throw JsonFields.wrong(
          TOOLS,
          "tools must be an array of at most %d tools, got %s"
              .formatted(
                  MAX_TOOLS, value.isArray() ? value.size() + " items" : JsonFields.shown(value)));
    }
    List<Tool> tools = new ArrayList<>(value.size());
    Set<String> names = new HashSet<>();
    for (int i = 0; i < value.size(); i++) {
      Tool tool = tool(JsonFields.within(TOOLS + "[" + i + "]", value.get(i)), value.get(i));
      if (!names.add(tool.name())) {
        throw JsonFields.wrong(
            TOOLS + "[" + i + "].function.name",
            "tools[%d].function.name must be unique, got \"%s\" again".formatted(i, tool.name()));
      }
      tools.add(tool);
    }
    return tools;
  }

  private static Tool tool(JsonFields tool, JsonNode definition) {
    JsonNode type = tool.value("type");
    if (type == null || !type.isString() || !type.stringValue().equals("function")) {
      String place = tool.place("type");
      throw ApiError.invalid(
              place,
              "unsupported_value",
              "%s must be \"function\", got %s"
                  .formatted(place, type == null ? "nothing" : JsonFields.shown(type)))
          .asException();
    }
    JsonFields function = tool.object("function");
    if (function == null) {
      throw ApiError.invalid(
              tool.place("function"),
              "missing_field",
              tool.place("function") + " is required: an object with a name")
          .asException();
    }
    String name = function.string("name");
    if (name == null || !NAME.matcher(name).matches()) {
      String place = function.place("name");
      throw JsonFields.wrong(
          place,
          "%s must be 1 to 64 letters, digits, _ or -, got %s"
              .formatted(
                  place,
                  name == null
                      ? "nothing"
                      : JsonFields.shown(JsonMapper.shared().valueToTree(name))));
    }
    function.string("description");
    JsonNode parameters = function.value("parameters");
    if (parameters != null && !parameters.isObject()) {
      throw JsonFields.wrong(function.place("parameters"), "a JSON Schema", parameters);
    }
    return new Tool(
        name, parameters == null ? JsonMapper.shared().createObjectNode() : parameters, definition);
  }

  private static ToolChoice choice(@Nullable JsonNode value, List<Tool> tools) {
    if (value == null) {
      return tools.isEmpty() ? new ToolChoice.None() : new ToolChoice.Auto();
    }
    ToolChoice choice = value.isObject() ? named(value, tools) : word(value);
    if (tools.isEmpty() && !(choice instanceof ToolChoice.None)) {
      throw JsonFields.wrong(CHOICE, "tool_choice is only for requests with tools");
    }
    return choice;
  }

  private static ToolChoice word(JsonNode value) {
    return switch (value.isString() ? value.stringValue() : "") {
      case "none" -> new ToolChoice.None();
      case "auto" -> new ToolChoice.Auto();
      case "required" -> new ToolChoice.Required();
      default -> throw JsonFields.wrong(CHOICE, CHOICES, value);
    };
  }

  private static ToolChoice named(JsonNode value, List<Tool> tools) {
    JsonNode name = value.path("function").path("name");
    if (!value.path("type").asString("").equals("function") || !name.isString()) {
      throw JsonFields.wrong(CHOICE, CHOICES, value);
    }
    if (tools.stream().noneMatch(tool -> tool.name().equals(name.stringValue()))) {
      throw JsonFields.wrong(
          CHOICE + ".function.name",
          "tool_choice.function.name must be the name of one of tools, got %s"
              .formatted(JsonFields.shown(name)));
    }
    return new ToolChoice.Named(name.stringValue());
  }
}
