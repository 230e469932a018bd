package io.fiddler.api.chat.tool;

import io.fiddler.tokenizer.Tokenizer;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How a family of models writes tool calls. Which one a model belongs to is told by its template,
/// which has to show the model its own earlier calls.
public enum ToolSyntax {
  /// `<tool_call>{"name": ..., "arguments": {...}}</tool_call>`, once a call: Hermes, Qwen.
  HERMES("<tool_call>", "</tool_call>", "arguments"),

  /// `[TOOL_CALLS][{"name": ..., "arguments": {...}}, ...]`: Mistral, Mixtral.
  MISTRAL("[TOOL_CALLS]", "", "arguments"),

  /// `{"name": ..., "parameters": {...}}` as the whole answer: Llama 3.1.
  LLAMA("<|python_tag|>", "", "parameters");

  private final String open;
  private final String close;
  private final String argumentsKey;

  ToolSyntax(String open, String close, String argumentsKey) {
    this.open = open;
    this.close = close;
    this.argumentsKey = argumentsKey;
  }

  /// The syntax that a template shows; empty if it is none of these.
  public static Optional<ToolSyntax> of(String template) {
    if (template.contains("[TOOL_CALLS]") && !template.contains("[ARGS]")) {
      return Optional.of(MISTRAL);
    }
    // Others put XML into the same element.
    if (template.contains("<tool_call>")
        && !template.contains("<arg_key>")
        && !template.contains("<function=")) {
      return Optional.of(HERMES);
    }
    return template.contains("{\"name\": function name, \"parameters\"")
            || template.contains("<|python_tag|>")
        ? Optional.of(LLAMA)
        : Optional.empty();
  }

  /// What a call begins with; for [#LLAMA] it may be left out.
  String open() {
    return open;
  }

  /// What ends it; empty if it goes on to the answer's end.
  String close() {
    return close;
  }

  /// The member that holds a call's arguments.
  String argumentsKey() {
    return argumentsKey;
  }

  /// Whether a call may begin with its JSON, at the beginning of the answer.
  boolean beginsWithJson() {
    return this == LLAMA;
  }

  /// Special tokens that mark calls and so belong to an answer's text.
  public Set<Integer> markers(Tokenizer tokenizer) {
    return Stream.of(open, close)
        .map(mark -> marker(tokenizer, mark))
        .filter(OptionalInt::isPresent)
        .map(OptionalInt::getAsInt)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// The special token of a mark; empty if it is ordinary text.
  static OptionalInt marker(Tokenizer tokenizer, String mark) {
    return tokenizer.specialTokenIds().stream()
        .filter(id -> tokenizer.tokenText(id).equals(mark))
        .mapToInt(Integer::intValue)
        .findFirst();
  }
}
