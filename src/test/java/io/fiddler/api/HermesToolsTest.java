package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HermesToolsTest extends ToolsContract {
  /// Of a body, as it is read.
  private static final int MAX_NESTING = 500;

  HermesToolsTest() {
    super(ToolFamily.HERMES);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 494, 495, 500, 501})
  void argumentsOfACall_areNamed_whenTheyNestTooDeeply(int levels) {
    String arguments = nested("\\\"", levels);

    assertThat(
            text(
                post("/apply-template", call("'%s'".formatted(arguments)))
                    .expectStatus()
                    .isBadRequest()))
        .contains("\"param\":\"messages[0].tool_calls[0].function.arguments\"")
        .contains("must be a JSON object of at most 400 levels in a string, got ");
  }

  @Test
  void whatTemplatesAreGiven_isNoFaultOfTheService_whenItNestsAsDeepAsABodyMay() {
    for (int levels = MAX_NESTING - 10; levels <= MAX_NESTING; levels++) {
      String deep = nested("'", levels);
      assertNoFault(call(deep));
      assertNoFault(
          "{'messages':[{'role':'user','content':'x'}],'chat_template_kwargs':{'a':%s}}"
              .formatted(deep));
      assertNoFault(
          "{'messages':[{'role':'user','content':'x'}],'tools':[{'type':'function','function':{'name':'f','parameters':%s}}]}"
              .formatted(deep));
    }
    assertNoFault(call("'%s'".formatted(nested("\\\"", 400))));
  }

  private void assertNoFault(String body) {
    assertThat(
            post("/apply-template", body)
                .expectBody(String.class)
                .returnResult()
                .getStatus()
                .value())
        .isIn(200, 400);
  }

  private static String call(String arguments) {
    return "{'messages':[{'role':'assistant','tool_calls':[{'id':'a','type':'function','function':{'name':'f','arguments':%s}}]}]}"
        .formatted(arguments);
  }

  /// So many objects, one in another.
  private static String nested(String quote, int levels) {
    return "{%1$sa%1$s:".formatted(quote).repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
  }
}
