package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Tools with the real engine: tiny-moe cannot choose one, so it is made to.
abstract class ToolsContract extends ApiTestBase {
  private static final String CHAT = "/v1/chat/completions";
  private static final String ASK =
      "'max_tokens':120,'temperature':0,'messages':[{'role':'user','content':'Weather in Rome?'}],'tools':[{'type':'function','function':{'name':'time','parameters':{'type':'object','properties':{'zone':{'enum':['UTC','CET']}},'required':['zone'],'additionalProperties':false}}},{'type':'function','function':{'name':'weather','description':'Now','parameters':{'type':'object','properties':{'city':{'enum':['Rome','Paris']}},'required':['city'],'additionalProperties':false}}}]";

  private final TinyMoe model = new TinyMoe();
  private final ToolFamily family;
  private ApiServer.@Nullable Served served;

  @TempDir static Path folder;

  ToolsContract(ToolFamily family) {
    this.family = family;
  }

  @Override
  ApiServer start() {
    try {
      ApiServer.Served one = family.served(folder);
      served = one;
      return ApiServer.serving(model.engine(), one, ApiOptions.DEFAULT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  void closeModel() {
    model.close();
    if (served != null) {
      served.chat().orElseThrow().close();
      served.tokenizer().orElseThrow().close();
    }
  }

  @Test
  void definitions_areInThePrompt_unlessThereIsNoChoice() {
    assertThat(prompt("{%s}".formatted(ASK))).contains("\"name\": \"weather\"", "Rome?");
    assertThat(prompt("{%s,'tool_choice':'none'}".formatted(ASK))).doesNotContain("\"weather\"");
  }

  @Test
  void call_isOfTheNamedTool_whenItMustBe() throws InterruptedException {
    JsonNode choice = choice("{%s,%s}".formatted(ASK, named("weather")));

    assertThat(choice.get("finish_reason").stringValue()).isEqualTo("tool_calls");
    JsonNode message = choice.get("message");
    assertThat(message.get("content").isNull()).isTrue();
    assertThat(message.get("tool_calls")).hasSize(1);
    JsonNode call = message.get("tool_calls").get(0);
    assertThat(call.get("type").stringValue()).isEqualTo("function");
    assertThat(call.get("id").stringValue()).isNotEmpty();
    assertThat(call.has("index")).isFalse();
    assertThat(call.get("function").get("name").stringValue()).isEqualTo("weather");
    assertThat(call.get("function").get("arguments").stringValue())
        .isIn("{\"city\":\"Rome\"}", "{\"city\":\"Paris\"}");
    assertThat(server().nextRecord().finishReason()).isEqualTo("tool_calls");
  }

  @Test
  void call_isOfAnyTool_whenThereMustBeOne() {
    for (int seed = 0; seed < 4; seed++) {
      JsonNode message =
          choice("{%s,'tool_choice':'required','seed':%d}".formatted(ASK, seed)).get("message");

      assertThat(message.get("tool_calls").get(0).get("function").get("name").stringValue())
          .isIn("weather", "time");
    }
  }

  @Test
  void call_isStreamed_asOneDelta() throws InterruptedException {
    List<JsonNode> parts =
        streamed(CHAT, "{%s,%s,'stream':true}".formatted(ASK, named("time"))).stream()
            .flatMap(chunk -> StreamSupport.stream(chunk.get("choices").spliterator(), false))
            .toList();

    assertThat(parts.getFirst().get("delta").get("role").stringValue()).isEqualTo("assistant");
    JsonNode call = parts.get(1).get("delta").get("tool_calls").get(0);
    assertThat(call.get("index").intValue()).isZero();
    assertThat(call.get("function").get("name").stringValue()).isEqualTo("time");
    assertThat(call.get("function").get("arguments").stringValue()).startsWith("{\"zone\":");
    assertThat(parts.get(2).get("finish_reason").stringValue()).isEqualTo("tool_calls");
    assertThat(parts).hasSize(3);
    assertThat(server().nextRecord().finishReason()).isEqualTo("tool_calls");
  }

  @Test
  void answer_isText_whenNoToolIsCalled() {
    JsonNode choice = choice("{%s,'seed':5}".formatted(ASK).replace("120", "8"));

    assertThat(choice.get("message").has("tool_calls")).isFalse();
    assertThat(choice.get("finish_reason").stringValue()).isEqualTo("length");
  }

  @Test
  void specialTokens_stayText_inDefinitionsAndResults() {
    for (String special : List.of("<s>", "</s>", "<|im_start|>", "<|im_end|>")) {
      List<Integer> without = specials(tokens("x"));

      assertThat(specials(tokens(special))).as(special).isEqualTo(without);
    }
  }

  @Test
  void definition_isRefused_whenItsParametersAreNoSchema() {
    assertThat(
            text(
                post(
                        CHAT,
                        "{%s,%s}"
                            .formatted(
                                ASK.replace("'enum':['UTC','CET']", "'type':'nothing'"),
                                named("time")))
                    .expectStatus()
                    .isBadRequest()))
        .contains("tools[0].function.parameters");
  }

  private JsonNode tokens(String text) {
    String json =
        "{'messages':[{'role':'user','content':'%1$s'},{'role':'assistant','content':'%1$s','tool_calls':[{'id':'call12345','type':'function','function':{'name':'n%1$s','arguments':'{\\\"a\\\":\\\"%1$s\\\"}'}}]},{'role':'tool','tool_call_id':'call12345','content':'%1$s'}],'tools':[{'type':'function','function':{'name':'f','description':'%1$s','parameters':{'%1$s':'%1$s'}}}]}"
            .formatted(text);
    return posted("/apply-template", json).get("tokens");
  }

  private static List<Integer> specials(JsonNode tokens) {
    return StreamSupport.stream(tokens.spliterator(), false)
        .map(JsonNode::intValue)
        .filter(id -> id < 5)
        .toList();
  }

  private String prompt(String json) {
    return posted("/apply-template", json).get("prompt").stringValue();
  }

  private JsonNode choice(String json) {
    return posted(CHAT, json).get("choices").get(0);
  }

  private static String named(String tool) {
    return "'tool_choice':{'type':'function','function':{'name':'%s'}}".formatted(tool);
  }
}
