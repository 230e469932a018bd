package io.fiddler.api.chat;

import io.fiddler.api.chat.message.Messages;
import io.fiddler.api.chat.tool.ToolRequest;
import io.fiddler.api.generation.request.GenerationSettings;
import io.fiddler.api.generation.request.ResponseFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A chat request that keeps every rule that needs no model to check.
///
/// @param model the model asked for; null for the one served
/// @param messages at least one
/// @param tools what the model may call
/// @param variables further ones of the template
/// @param generationPrompt whether the prompt ends where the answer begins
/// @param maxTokens most tokens a choice
/// @param format that answers are held to; null for any text
/// @param settings how it wants its text
record ChatRequest(
    @Nullable String model,
    Messages messages,
    ToolRequest tools,
    Map<String, JsonNode> variables,
    boolean generationPrompt,
    MaxTokens maxTokens,
    @Nullable ResponseFormat format,
    GenerationSettings settings) {
  ChatRequest {
    variables = Map.copyOf(variables);
  }

  /// @param field that asked for it
  /// @param value null for what the context leaves
  record MaxTokens(String field, @Nullable Integer value) {}
}
