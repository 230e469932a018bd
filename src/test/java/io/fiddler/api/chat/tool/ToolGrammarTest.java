package io.fiddler.api.chat.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.api.error.ApiException;
import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.constraint.token.Acceptance;
import io.fiddler.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ToolGrammarTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MAX_DEPTH = 4;
  private static final String TREE =
      "{'type':'object','properties':{'v':{'type':'integer'},'child':{'$ref':'#'}}}";
  private static final String NAMED =
      "{'properties':{'name':{'enum':['Rome']},'again':{'$ref':'#/properties/name'}}}";

  private static Tokenizer tokenizer;

  @BeforeAll
  static void load() throws IOException {
    tokenizer = Tokenizer.of(Path.of("src/main/resources/models/tiny-moe/tokenizer.json"));
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'v':1}                                | true
          {'v':1,'child':{'v':2,'child':{}}}     | true
          {'child':{'name':'f','arguments':{}}}  | false
          {'child':7}                            | false
          """)
  void reference_isToTheParameters_whenItIsToTheirRoot(String arguments, boolean accepted) {
    assertThat(accepts(ToolSyntax.HERMES, arguments, TREE)).isEqualTo(accepted);
    assertThat(accepts(ToolSyntax.MISTRAL, arguments, TREE)).isEqualTo(accepted);
    assertThat(accepts(ToolSyntax.LLAMA, arguments, TREE)).isEqualTo(accepted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'properties':{'x':{'type':'integer'},'y':{'$ref':'#/properties/x'}}} | {'y':1}    | {'y':'1'}
          {'properties':{'y':{'$ref':'#/$defs/x'}},'$defs':{'x':{'const':1}}}   | {'y':1}    | {'y':2}
          {'$ref':'#/definitions/a','definitions':{'a':{'properties':{'y':{'$ref':'#/definitions/a'}}}}} | {'y':{}} | {'y':1}
          """)
  void reference_isToAnyPlaceOfTheParameters(String parameters, String right, String wrong) {
    assertThat(accepts(ToolSyntax.HERMES, right, parameters)).isTrue();
    assertThat(accepts(ToolSyntax.HERMES, wrong, parameters)).isFalse();
  }

  @Test
  void references_areToTheParametersOfTheirOwnTool_whenThereAreSeveral() {
    assertThat(accepts(ToolSyntax.HERMES, "{'child':{'v':1}}", TREE, NAMED)).isTrue();
    assertThat(accepts(ToolSyntax.HERMES, "{'again':'Rome'}", NAMED, TREE)).isTrue();
    assertThat(accepts(ToolSyntax.HERMES, "{'again':'tool0'}", NAMED, TREE)).isFalse();
    assertThat(accepts(ToolSyntax.HERMES, "{'again':'Rome'}", TREE, NAMED)).isFalse();
  }

  @Test
  void arguments_nestAsDeepAsSchemasMay() {
    assertThat(accepts(ToolSyntax.HERMES, "{'child':{'child':{'child':{}}}}", TREE)).isTrue();
    assertThat(accepts(ToolSyntax.HERMES, "{'child':{'child':{'child':{'child':{}}}}}", TREE))
        .isFalse();
  }

  @Test
  void call_isAcceptedAsPrintersWriteIt() {
    Grammar grammar = grammar(ToolSyntax.LLAMA, NAMED);

    for (String text :
        List.of(
            "{'name':'tool0','parameters':{'name':'Rome'}}",
            "{'name': 'tool0', 'parameters': {'name': 'Rome'}}",
            "{\n  'name': 'tool0',\n  'parameters': {\n    'name': 'Rome'\n  }\n}")) {
      assertThat(Acceptance.accepts(grammar, text.replace('\'', '"'))).as(text).isTrue();
    }
    for (String text :
        List.of(
            "{'name':'tool1','parameters':{}}",
            "{'name':'tool0','arguments':{}}",
            "{'name':'tool0'}",
            "{'name':'tool0','parameters':{},'more':1}")) {
      assertThat(Acceptance.accepts(grammar, text.replace('\'', '"'))).as(text).isFalse();
    }
  }

  @Test
  void refusal_namesTheToolAndThePlaceInItsParameters() {
    assertThatThrownBy(() ->
            grammar(ToolSyntax.HERMES, TREE, "{'properties':{'a':{'$ref':'#/properties/b'}}}"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("tools[1].function.parameters: $ref must point to a schema")
        .hasMessageContaining("#/properties/a/$ref");
  }

  /// Whether the first tool may be called with `arguments`.
  private static boolean accepts(ToolSyntax syntax, String arguments, String... parameters) {
    String call =
        "{'name': 'tool0', '%s': %s}"
            .formatted(syntax.argumentsKey(), arguments)
            .replace('\'', '"');
    String text =
        switch (syntax) {
          case HERMES -> "<tool_call>\n" + call + "\n</tool_call>";
          case MISTRAL -> "[TOOL_CALLS][" + call + "]";
          case LLAMA -> call;
        };
    return Acceptance.accepts(grammar(syntax, parameters), text);
  }

  private static Grammar grammar(ToolSyntax syntax, String... parameters) {
    List<Tool> tools = new ArrayList<>();
    for (String schema : parameters) {
      tools.add(
          new Tool(
              "tool" + tools.size(),
              JSON.readTree(schema.replace('\'', '"')),
              JSON.createObjectNode()));
    }
    return new ToolGrammar(
            syntax, tokenizer, new JsonGrammars(GrammarLimits.of(64 << 10, MAX_DEPTH)))
        .of(new ToolRequest(tools, new ToolChoice.Required(), true));
  }
}
