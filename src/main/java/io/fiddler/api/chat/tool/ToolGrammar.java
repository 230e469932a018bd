package io.fiddler.api.chat.tool;

import io.fiddler.api.generation.request.ResponseFormat;
import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The form of an answer that is one call of a tool.
public final class ToolGrammar {
  private final ToolSyntax syntax;
  private final Tokenizer tokenizer;
  private final JsonGrammars grammars;

  /// @param tokenizer knows which marks are special tokens
  public ToolGrammar(ToolSyntax syntax, Tokenizer tokenizer, JsonGrammars grammars) {
    this.syntax = syntax;
    this.tokenizer = tokenizer;
    this.grammars = grammars;
  }

  /// One call of a tool that may be called, with arguments as its parameters say.
  ///
  /// @throws io.fiddler.api.error.ApiException naming the tool whose parameters are no schema that
  ///   can be kept
  public Grammar of(ToolRequest request) {
    List<Grammar> calls = new ArrayList<>();
    for (int i = 0; i < request.tools().size(); i++) {
      Tool tool = request.tools().get(i);
      if (request.callable().contains(tool)) {
        calls.add(
            ResponseFormat.grammar("tools[" + i + "].function.parameters", schema(tool), grammars));
      }
    }
    Grammar call = calls.size() == 1 ? calls.getFirst() : Grammar.choice(calls);
    return switch (syntax) {
      case HERMES ->
          Grammar.sequence(
              List.of(
                  mark(syntax.open()),
                  Grammar.literal("\n"),
                  call,
                  Grammar.literal("\n"),
                  mark(syntax.close())));
      case MISTRAL ->
          Grammar.sequence(
              List.of(mark(syntax.open()), Grammar.literal("["), call, Grammar.literal("]")));
      case LLAMA -> call;
    };
  }

  private Grammar mark(String mark) {
    OptionalInt special = ToolSyntax.marker(tokenizer, mark);
    return special.isPresent() ? Grammar.token(special.getAsInt()) : Grammar.literal(mark);
  }

  private ObjectNode schema(Tool tool) {
    ObjectNode schema = JsonMapper.shared().createObjectNode();
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    properties.putObject("name").putArray("enum").add(tool.name());
    ObjectNode parameters = properties.putObject(syntax.argumentsKey());
    parameters.put("type", "object");
    parameters.setAll((ObjectNode) tool.parameters());
    schema.putArray("required").add("name").add(syntax.argumentsKey());
    schema.put("additionalProperties", false);
    // Definitions are looked up from the schema's root.
    for (String definitions : List.of("$defs", "definitions")) {
      if (parameters.has(definitions)) {
        schema.set(definitions, parameters.remove(definitions));
      }
    }
    return schema;
  }
}
