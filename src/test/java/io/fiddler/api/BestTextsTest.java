package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.usage.RequestRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Beam search and the best of several samples over HTTP, with the real engine.
final class BestTextsTest extends ApiTestBase {
  private static final Path GOLDEN =
      Path.of("src", "test", "resources", "golden", "tiny-moe", "golden.json");

  private final TinyMoe model = new TinyMoe();

  @Override
  ApiServer start() {
    return model.serve();
  }

  @AfterAll
  void close() {
    model.close();
  }

  private static List<JsonNode> goldens() throws IOException {
    List<JsonNode> goldens = new ArrayList<>();
    JsonMapper.builder()
        .build()
        .readTree(Files.readString(GOLDEN))
        .get("cases")
        .forEach(goldens::add);
    return goldens;
  }

  private static List<JsonNode> choices(JsonNode answer) {
    List<JsonNode> choices = new ArrayList<>();
    answer.get("choices").forEach(choices::add);
    return choices;
  }

  private static double mean(JsonNode choice) {
    double sum = 0;
    JsonNode logprobs = choice.at("/logprobs/token_logprobs");
    for (JsonNode logprob : logprobs) {
      sum += logprob.doubleValue();
    }
    return sum / logprobs.size();
  }

  @Test
  void beams_giveTheReferencesText() throws IOException {
    for (JsonNode golden : goldens()) {
      JsonNode answer =
          completed(
              "{'prompt':%s,'use_beam_search':true,'best_of':4,'max_tokens':24}"
                  .formatted(quoted(golden.get("prompt").stringValue())));
      assertThat(choices(answer)).hasSize(1);
      JsonNode choice = answer.at("/choices/0");
      assertThat(choice.get("text").stringValue())
          .isEqualTo(golden.get("beam4_text").stringValue());
      assertThat(choice.get("finish_reason").stringValue()).isEqualTo("length");
      assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(24);
      assertThat(answer.at("/usage/prompt_tokens").intValue())
          .isEqualTo(golden.get("input_ids").size());
    }
  }

  @Test
  void hypotheses_areAnsweredBestFirst_promptByPrompt() throws IOException, InterruptedException {
    String prompts =
        "[%s,%s]"
            .formatted(
                quoted(goldens().get(0).get("prompt").stringValue()),
                quoted(goldens().get(1).get("prompt").stringValue()));
    JsonNode answer =
        completed(
            "{'prompt':%s,'use_beam_search':true,'n':3,'best_of':4,'max_tokens':24,'logprobs':0,'temperature':0}"
                .formatted(prompts));
    List<JsonNode> choices = choices(answer);
    assertThat(choices)
        .extracting(choice -> choice.get("index").intValue())
        .containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(choices.get(0).get("text")).isEqualTo(goldens().get(0).get("beam4_text"));
    assertThat(choices.get(3).get("text")).isEqualTo(goldens().get(1).get("beam4_text"));
    assertThat(choices.subList(0, 3).stream().map(BestTextsTest::mean))
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(choices.subList(3, 6).stream().map(BestTextsTest::mean))
        .isSortedAccordingTo(Comparator.reverseOrder());
    assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(6 * 24);

    RequestRecord record = server().nextRecord();
    assertThat(record.sampling())
        .contains("\"use_beam_search\":true", "\"best_of\":4", "\"early_stopping\":false");
    assertThat(record.completionTokens()).isEqualTo(6 * 24);
  }

  @Test
  void stopStringsEchoAndTokenIds_workOnHypotheses() throws IOException {
    JsonNode golden = goldens().getFirst();
    String text = golden.get("beam4_text").stringValue();
    String stop = text.substring(8, 12);
    JsonNode answer =
        completed(
            "{'prompt':%s,'use_beam_search':true,'best_of':4,'max_tokens':24,'echo':true,'logprobs':1,'return_token_ids':true,'stop':%s}"
                .formatted(quoted(golden.get("prompt").stringValue()), quoted(stop)));
    JsonNode choice = answer.at("/choices/0");
    String cut = text.substring(0, text.indexOf(stop));
    assertThat(choice.get("text").stringValue())
        .isEqualTo(golden.get("prompt").stringValue() + cut);
    assertThat(choice.get("finish_reason").stringValue()).isEqualTo("stop");
    int tokens = choice.get("token_ids").size();
    assertThat(tokens).isLessThan(24).isEqualTo(answer.at("/usage/completion_tokens").intValue());
    for (int i = 0; i < tokens; i++) {
      assertThat(choice.at("/token_ids/" + i)).isEqualTo(golden.at("/beam4/" + i));
    }
    assertThat(choice.get("prompt_token_ids")).isEqualTo(golden.get("input_ids"));
    assertThat(choice.at("/logprobs/tokens").size())
        .isEqualTo(golden.get("input_ids").size() + tokens);
  }

  @Test
  void lengthPenaltyAndEarlyStopping_areTakenInAllForms_andLogged() throws InterruptedException {
    for (String earlyStopping : List.of("false", "true", "'never'")) {
      for (String penalty : List.of("-2.5", "0", "1e9")) {
        completed(
            "{'prompt':'And God said,','use_beam_search':true,'best_of':3,'max_tokens':8,'early_stopping':%s,'length_penalty':%s}"
                .formatted(earlyStopping, penalty));
        assertThat(server().nextRecord().sampling())
            .contains("\"early_stopping\":" + earlyStopping.replace('\'', '"'))
            .contains("\"length_penalty\":" + Double.valueOf(penalty));
      }
    }
  }

  @Test
  void bestOf_answersTheLikeliestOfTheSamples() throws InterruptedException {
    String request =
        "{'prompt':'My fellow citizens,','max_tokens':12,'seed':5,'logprobs':0,'n':%d,'best_of':%d}";
    List<JsonNode> all = choices(completed(request.formatted(6, 6)));
    server().nextRecord();
    JsonNode answer = completed(request.formatted(2, 6));
    List<JsonNode> best = choices(answer);

    List<JsonNode> expected =
        all.stream()
            .sorted(Comparator.comparingDouble(BestTextsTest::mean).reversed())
            .limit(2)
            .toList();
    assertThat(best).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(best.get(i).get("index").intValue()).isEqualTo(i);
      assertThat(best.get(i).get("text")).isEqualTo(expected.get(i).get("text"));
      assertThat(mean(best.get(i))).isCloseTo(mean(expected.get(i)), within(1e-12));
    }
    int tokens = best.stream().mapToInt(choice -> choice.at("/logprobs/tokens").size()).sum();
    assertThat(answer.at("/usage/completion_tokens").intValue()).isEqualTo(tokens);
    assertThat(server().nextRecord().completionTokens()).isEqualTo(tokens);
  }

  @Test
  void bestOf_showsNoLogprobs_unlessAskedFor() {
    JsonNode answer = completed("{'prompt':'a','max_tokens':3,'best_of':3}");
    assertThat(choices(answer)).hasSize(1);
    assertThat(answer.at("/choices/0/logprobs").isNull()).isTrue();
  }
}
