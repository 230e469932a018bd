package io.fiddler.tokenizer.chat;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a prompt is to be made of.
///
/// @param messages an array of objects with `role`, `content` and what else templates read
/// @param tools an array of tool definitions; null for none
/// @param generationPrompt whether the prompt ends where the assistant's answer begins
/// @param variables further variables of the template
public record Conversation(
    JsonNode messages,
    @Nullable JsonNode tools,
    boolean generationPrompt,
    Map<String, JsonNode> variables) {
  public Conversation {
    variables = Map.copyOf(variables);
  }
}
