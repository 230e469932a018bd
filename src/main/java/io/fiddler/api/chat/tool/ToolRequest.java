package io.fiddler.api.chat.tool;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// The tools of a chat, and how they are to be used.
///
/// @param tools at least one, unless `choice` is none
/// @param choice among them
/// @param parallel whether one answer may call several
public record ToolRequest(List<Tool> tools, ToolChoice choice, boolean parallel) {
  public ToolRequest {
    tools = List.copyOf(tools);
  }

  /// Whether the model is to know of the tools.
  public boolean offered() {
    return !tools.isEmpty() && !(choice instanceof ToolChoice.None);
  }

  /// Whether an answer must be a call.
  public boolean forced() {
    return choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named;
  }

  /// The tools that may be called.
  public List<Tool> callable() {
    return choice instanceof ToolChoice.Named(String name)
        ? tools.stream().filter(tool -> tool.name().equals(name)).toList()
        : tools;
  }

  /// The definitions for the template.
  public ArrayNode definitions() {
    ArrayNode definitions = JsonMapper.shared().createArrayNode();
    tools.forEach(tool -> definitions.add(tool.definition()));
    return definitions;
  }
}
