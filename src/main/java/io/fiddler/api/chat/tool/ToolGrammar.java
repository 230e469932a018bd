package io.fiddler.api.chat.tool;

import io.fiddler.api.generation.request.ResponseFormat;
import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.expression.Expression;
import io.fiddler.constraint.json.JsonSyntax;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
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
        calls.add(call("tools[" + i + "].function.parameters", tool));
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

  /// The JSON of a call. The arguments are a schema of their own, so that `#` in them is what the
  /// client means.
  private Grammar call(String place, Tool tool) {
    ObjectNode schema = (ObjectNode) tool.parameters().deepCopy();
    // What is referred to has a type of its own, and beside one a recursive reference has no end.
    if (!schema.has("type") && !schema.has("$ref")) {
      schema.put("type", "object");
    }
    Grammar arguments = ResponseFormat.grammar(place, schema, grammars);
    Expression name = JsonSyntax.literal("\"" + tool.name() + "\"");
    // Flat, for what comes after the arguments is then the same for each request with this tool.
    Expression members =
        JsonSyntax.sequence(
            JsonSyntax.member("\"name\"", name),
            JsonSyntax.literal(","),
            JsonSyntax.BREAK,
            JsonSyntax.member("\"" + syntax.argumentsKey() + "\"", arguments.expression()),
            JsonSyntax.BREAK,
            JsonSyntax.literal("}"));
    return new Grammar(JsonSyntax.container("{", members), arguments.maxDepth() + 1);
  }
}
