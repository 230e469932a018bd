package io.fiddler.api.chat.tool;

import tools.jackson.databind.JsonNode;

/// A function that the model may call.
///
/// @param name unique in its request
/// @param parameters JSON Schema of its arguments
/// @param definition as the client sent it
public record Tool(String name, JsonNode parameters, JsonNode definition) {}
