package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests that do not say how long answers may be, where cache and keys hold less than the
/// model's context of 1,024 tokens.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OpenEndedAnswersTest {
  private static final int CACHE_TOKENS = 96;
  private static final String HI = "'messages':[{'role':'user','content':'hi'}],'ignore_eos':true";
  private static final String CHAT = "/v1/chat/completions";

  private KeyedService keyed;

  @BeforeAll
  void start(@TempDir Path home) {
    keyed =
        KeyedService.start(
            home,
            TestDatabase.create(),
            "--fiddler.engine.kv-cache-tokens=" + CACHE_TOKENS,
            "--fiddler.engine.kv-cache-max-share=0");
  }

  @AfterAll
  void stop() {
    keyed.close();
  }

  @ParameterizedTest
  @CsvSource({"1", "3"})
  void chat_endsWhereTheCacheDoes(int n) {
    JsonNode answer = answered(CHAT, "{%s,'n':%d}".formatted(HI, n), KeyedService.ADMIN);

    int prompt = answer.at("/usage/prompt_tokens").asInt();
    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("length");
    assertThat(answer.at("/usage/completion_tokens").asInt())
        .isEqualTo(n * (CACHE_TOKENS - prompt));
  }

  @Test
  void beams_shareWhatTheCacheHolds() {
    JsonNode answer =
        answered(
            "/v1/completions",
            "{'prompt':[%s5],'use_beam_search':true,'n':5,'ignore_eos':true}"
                .formatted("5,".repeat(20)),
            KeyedService.ADMIN);

    // A shared block and one of each beam's own.
    assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(5 * (32 - 21));
  }

  @ParameterizedTest
  @CsvSource({"max_tokens", "max_completion_tokens"})
  void limit_isRefusedByItsName_whenTheCacheCannotHoldIt(String field) {
    HttpResponse<String> refused =
        send(CHAT, "{%s,'%s':500}".formatted(HI, field), KeyedService.ADMIN);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body())
        .contains("\"param\":\"" + field + "\"", field + " must be at most ")
        .contains(", got 500: ", "the key/value cache holds 96 (fiddler.engine.kv-cache-tokens");
  }

  @Test
  void prompt_isRefusedByItsName_whenTheCacheCannotHoldIt() {
    HttpResponse<String> refused =
        send("/v1/completions", "{'prompt':[%s5]}".formatted("5,".repeat(99)), KeyedService.ADMIN);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body())
        .contains("\"param\":\"prompt\"")
        .contains("prompt must leave room for the tokens generated, got 100 tokens");
  }

  @ParameterizedTest
  @CsvSource({"tokensPerMinute", "monthlyTokens"})
  void chat_endsWhereTheKeyDoes(String limit) {
    String key = keyed.key("{'name':'%s','%s':50}".formatted(limit, limit));

    JsonNode answer = answered(CHAT, "{%s}".formatted(HI), key);

    assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(50);
    assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("length");
  }

  @Test
  void chat_endsWhereTheMonthDoes() {
    String key = keyed.key("{'name':'nearly-spent','monthlyTokens':90}");
    answered("/v1/completions", "{'prompt':[5,6],'max_tokens':40,'ignore_eos':true}", key);

    JsonNode answer = answered(CHAT, "{%s}".formatted(HI), key);

    assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(48);
    HttpResponse<String> refused = send(CHAT, "{%s}".formatted(HI), key);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("insufficient_quota");
  }

  @Test
  void limit_isRefusedByItsName_whenTheKeyNeverHasSoMany() {
    String key = keyed.key("{'name':'small','tokensPerMinute':50}");

    HttpResponse<String> refused = send(CHAT, "{%s,'max_completion_tokens':80}".formatted(HI), key);

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body())
        .contains("\"param\":\"max_completion_tokens\"", "(prompt and max_completion_tokens)");
    assertThat(
            send(
                    CHAT,
                    "{'messages':[{'role':'user','content':'%s'}]}".formatted("why ".repeat(40)),
                    key)
                .body())
        .contains("\"param\":\"messages\"", "(prompt and answer)");
  }

  @Test
  void requestBeyondTheKey_isNotCharged() {
    String key = keyed.key("{'name':'thrifty','tokensPerMinute':20}");

    assertThat(send("/v1/completions", "{'prompt':[5,6],'max_tokens':30}", key).statusCode())
        .isEqualTo(429);

    assertThat(keyed.service().flush()).isTrue();
    String id = key.substring("fdl_".length(), "fdl_".length() + 12);
    JsonNode usage =
        keyed.admin("GET", KeyedService.KEYS + "/" + id, null, 200).get("usage").get(0);
    assertThat(usage.get("requests").asInt()).isEqualTo(1);
    assertThat(usage.get("promptTokens").asInt()).isZero();
  }

  private JsonNode answered(String path, String json, String key) {
    HttpResponse<String> answer = send(path, json, key);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonMapper.shared().readTree(answer.body());
  }

  private HttpResponse<String> send(String path, String json, String key) {
    return keyed.service().send("POST", path, json.replace('\'', '"'), key);
  }
}
