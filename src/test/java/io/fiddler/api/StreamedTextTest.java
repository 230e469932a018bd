package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.generation.request.RequestLimits;
import io.fiddler.api.web.SecurityOptions;
import io.fiddler.usage.RequestRecord;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Texts whose every token is chosen: characters and stop strings cut by token borders.
class StreamedTextTest extends ScriptedTest {

  @Override
  ApiOptions options() {
    return new ApiOptions(
        new GenerationOptions(1 << 10, 1 << 20, 4, 4, 1 << 20, true, RequestLimits.DEFAULT),
        SecurityOptions.local(),
        1,
        1);
  }

  @Test
  void characters_arriveWhole_whenTokensCutThem() {
    engine.script(Script.text("aé€😀b"));

    assertThat(pieces("{'prompt':'x','stream':true}"))
        .containsExactly("a", "é", "€", "😀", "b", "");
  }

  @Test
  void text_isHeldBack_whileItMayBecomeAStopString() {
    engine.script(Script.text("one\n\ntwo\n"));

    assertThat(pieces("{'prompt':'x','stream':true,'stop':'\\n\\n'}"))
        .containsExactly("o", "n", "e", "");
    assertThat(pieces("{'prompt':'x','stream':true,'stop':'\\n\\n\\n'}"))
        .containsExactly("o", "n", "e", "\n\nt", "w", "o", "\n");
  }

  @Test
  void stopToken_isNoPartOfTheText_whenItEndsTheGeneration() {
    engine.script(Script.text("hi"));

    JsonNode body = completed("{'prompt':'x'}");

    assertThat(body.get("choices").get(0).get("finish_reason").stringValue()).isEqualTo("stop");
    assertThat(body.get("choices").get(0).get("text").stringValue()).isEqualTo("hi");
    assertThat(body.get("usage").get("completion_tokens").intValue()).isEqualTo(2);
  }

  @Test
  void incompleteCharacter_isReplaced_whenTheGenerationEndsInIt() {
    engine.script(Script.text("a€"));

    assertThat(
            completed("{'prompt':'x','max_tokens':3}")
                .get("choices")
                .get(0)
                .get("text")
                .stringValue())
        .isEqualTo("a\uFFFD");
  }

  @Test
  void logprobs_haveOffsetsInCharacters_whenTokensCutCharacters() {
    engine.script(Script.text("😀b"));

    JsonNode logprobs =
        completed("{'prompt':'x','logprobs':1}").get("choices").get(0).get("logprobs");

    assertThat(logprobs.get("text_offset").toString()).isEqualTo("[0,0,0,0,1]");
    assertThat(logprobs.get("token_logprobs").toString()).isEqualTo("[-0.5,-0.5,-0.5,-0.5,-0.5]");
    assertThat(logprobs.get("top_logprobs").get(4).toString()).isEqualTo("{\"A\":-1.0,\"b\":-0.5}");
  }

  @Test
  void texts_areLogged_whenSwitchedOn() throws InterruptedException {
    engine.script(Script.text("hello"));
    completed("{'prompt':['x','y'],'stop':'lo'}");

    RequestRecord request = server().nextRecord();
    assertThat(request.prompt()).isEqualTo("x\ny");
    assertThat(request.output()).isEqualTo("hel\nhel");
    assertThat(request.finishReason()).isEqualTo("stop");
    assertThat(request.sampling()).contains("\"stops\":1");
  }

  @Test
  void account_addsUpChoices_whenSeveralRan() throws InterruptedException {
    engine.script(Script.text("hello"));
    completed("{'prompt':['x','yy'],'n':2,'max_tokens':3}");

    RequestRecord request = server().nextRecord();
    assertThat(request.promptTokens()).isEqualTo(5);
    assertThat(request.completionTokens()).isEqualTo(12);
    assertThat(request.queueMillis()).isEqualTo(0.1);
    assertThat(request.firstTokenMillis()).isGreaterThanOrEqualTo(12.4);
    assertThat(request.hitRate()).isEqualTo(0.5);
    assertThat(request.firstPlacementVersion()).isEqualTo(7);
    assertThat(request.lastPlacementVersion()).isEqualTo(8);
    assertThat(request.fingerprint()).isEqualTo(ScriptedEngine.FINGERPRINT);
    assertThat(request.device()).isEqualTo("none");
  }

  private List<String> pieces(String request) {
    List<String> pieces = new ArrayList<>();
    for (JsonNode chunk : streamed(request)) {
      pieces.add(chunk.get("choices").get(0).get("text").stringValue());
    }
    return pieces;
  }
}
