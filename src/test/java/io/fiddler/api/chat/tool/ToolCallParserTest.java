package io.fiddler.api.chat.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.chat.tool.ToolCallParser.Parsed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ToolCallParserTest {
  private static final ToolRequest BOTH = request(true);

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          HERMES  ~ Let me see.<tool_call>{"name": "weather", "arguments": {"city": "Rome"}}</tool_call> ~ Let me see. ~ weather {"city":"Rome"}
          HERMES  ~ <tool_call>{"name": "weather", "arguments": {}}</tool_call> <tool_call>{"name": "time", "arguments": {"a": [1.5]}}</tool_call> ~ `` ~ weather {} time {"a":[1.5]}
          HERMES  ~ <tool_call>{"name": "nobody", "arguments": {}}</tool_call> ~ <tool_call>{"name": "nobody", "arguments": {}}</tool_call> ~ ``
          HERMES  ~ <tool_call>{"name": "weather" ~ <tool_call>{"name": "weather" ~ ``
          HERMES  ~ a < b and <tool is no call ~ a < b and <tool is no call ~ ``
          MISTRAL ~ [TOOL_CALLS] [{"name": "weather", "arguments": {"city": "Rome"}}, {"name": "time", "arguments": {}}] ~ `` ~ weather {"city":"Rome"} time {}
          MISTRAL ~ [TOOL_CALLS] nonsense ~ [TOOL_CALLS] nonsense ~ ``
          MISTRAL ~ [1, 2] ~ [1, 2] ~ ``
          LLAMA   ~ {"name": "weather", "parameters": {"city": "Rome"}} ~ `` ~ weather {"city":"Rome"}
          LLAMA   ~ <|python_tag|>{"name": "time", "parameters": {}} ~ `` ~ time {}
          LLAMA   ~ {"name": "Bob", "age": 7} ~ {"name": "Bob", "age": 7} ~ ``
          LLAMA   ~ It is {"name": "weather", "parameters": {}} ~ It is {"name": "weather", "parameters": {}} ~ ``
          """)
  void text_isPartedFromCalls_howeverItIsCut(
      ToolSyntax syntax, String text, String said, String called) {
    for (int seed = 0; seed < 20; seed++) {
      Collected all = collected(new ToolCallParser(syntax, BOTH), text, new SplittableRandom(seed));
      assertThat(all.said.toString().strip()).as("seed %d", seed).isEqualTo(said);
      assertThat(all.calls.stream().map(call -> call.name() + " " + call.arguments()).toList())
          .as("seed %d", seed)
          .isEqualTo(called.isEmpty() ? List.of() : split(called));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          CALLLine one.|| Line two.        ~ Line one.|| Line two.
          CALL || Line one. | CALL|Two.|CALL| ~ ' || Line one. | |Two.|'
          Said. | CALL| | CALL ||          ~ 'Said. | '
          CALL <tool_call>no</tool_call> | ~ ' <tool_call>no</tool_call> |'
          CALL | <tool                     ~ ' | <tool'
          """)
  void whiteSpaceAfterCalls_isTextWhereTextFollows_howeverItIsCut(String text, String said) {
    String whole =
        text.replace("CALL", "<tool_call>{\"name\":\"time\",\"arguments\":{}}</tool_call>")
            .replace('|', '\n');
    int calls = text.split("CALL", -1).length - 1;

    for (int seed = 0; seed < 100; seed++) {
      Collected all =
          collected(new ToolCallParser(ToolSyntax.HERMES, BOTH), whole, new SplittableRandom(seed));
      assertThat(all.said.toString()).as("seed %d", seed).isEqualTo(said.replace('|', '\n'));
      assertThat(all.calls).as("seed %d", seed).hasSize(calls);
    }
    for (int cut = 0; cut <= whole.length(); cut++) {
      ToolCallParser parser = new ToolCallParser(ToolSyntax.HERMES, BOTH);
      Collected all = new Collected(new StringBuilder(), new ArrayList<>());
      all.add(parser.append(whole.substring(0, cut)));
      all.add(parser.append(whole.substring(cut)));
      all.add(parser.finish());
      assertThat(all.said.toString()).as("cut at %d", cut).isEqualTo(said.replace('|', '\n'));
      assertThat(all.calls).as("cut at %d", cut).hasSize(calls);
    }
  }

  @Test
  void text_isGivenOutAtOnce_whileItCannotBecomeACall() {
    ToolCallParser parser = new ToolCallParser(ToolSyntax.HERMES, BOTH);

    assertThat(parser.append("hello <").text()).isEqualTo("hello ");
    assertThat(parser.append("b> there").text()).isEqualTo("<b> there");
    assertThat(parser.called()).isFalse();
  }

  @Test
  void calls_areNumbered_andHaveIdsOfTheirOwn() {
    ToolCallParser parser = new ToolCallParser(ToolSyntax.MISTRAL, BOTH);
    parser.append(
        "[TOOL_CALLS][{\"name\":\"time\",\"arguments\":{}},{\"name\":\"time\",\"arguments\":{}}]");

    List<ToolCall> calls = parser.finish().calls();

    assertThat(calls).extracting(ToolCall::index).containsExactly(0, 1);
    assertThat(calls).extracting(ToolCall::id).doesNotHaveDuplicates();
    assertThat(calls).allSatisfy(call -> assertThat(call.id()).matches("[a-z0-9]{9}"));
    assertThat(parser.called()).isTrue();
  }

  @Test
  void calls_endWithTheFirst_whenTheyMayNotBeParallel() {
    ToolCallParser parser = new ToolCallParser(ToolSyntax.HERMES, request(false));
    Parsed parsed =
        parser.append(
            "<tool_call>{\"name\":\"time\",\"arguments\":{}}</tool_call><tool_call>{\"name\":\"weather\",\"arguments\":{}}</tool_call>");

    assertThat(parsed.calls()).extracting(ToolCall::name).containsExactly("time");
    assertThat(parsed.text()).isEmpty();
  }

  private static Collected collected(ToolCallParser parser, String text, SplittableRandom random) {
    Collected all = new Collected(new StringBuilder(), new ArrayList<>());
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + 1 + random.nextInt(9));
      all.add(parser.append(text.substring(at, end)));
      at = end;
    }
    all.add(parser.finish());
    return all;
  }

  private static List<String> split(String called) {
    return List.of(called.split(" (?=[a-z]+ \\{)", -1));
  }

  private static ToolRequest request(boolean parallel) {
    return new ToolRequest(List.of(tool("weather"), tool("time")), new ToolChoice.Auto(), parallel);
  }

  private static Tool tool(String name) {
    JsonMapper json = JsonMapper.shared();
    return new Tool(name, json.createObjectNode(), json.createObjectNode());
  }

  private record Collected(StringBuilder said, List<ToolCall> calls) {
    void add(Parsed parsed) {
      said.append(parsed.text());
      calls.addAll(parsed.calls());
    }
  }
}
