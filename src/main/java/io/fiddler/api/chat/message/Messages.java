package io.fiddler.api.chat.message;

import tools.jackson.databind.node.ArrayNode;

/// The messages of a chat in the form that templates expect: `content` is a string or null, the
/// arguments of tool calls are objects, results of tools name their tool.
///
/// @param nodes of all messages
/// @param firstToolField the first field that needs a template with tools; empty if there is none
/// @param characters of all that goes into prompts
public record Messages(ArrayNode nodes, String firstToolField, long characters) {}
