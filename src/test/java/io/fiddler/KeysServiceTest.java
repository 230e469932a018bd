package io.fiddler;

import static io.fiddler.KeyedService.ADMIN;
import static io.fiddler.KeyedService.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Keys as administrators and applications use them, over HTTP.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KeysServiceTest {
  private static final String COMPLETION =
      "{\"prompt\":\"ROMEO: I\",\"max_tokens\":8,\"temperature\":0,\"ignore_eos\":true}";

  private KeyedService keyed;
  private RunningService service;

  @BeforeAll
  void start(@TempDir Path home) {
    keyed = KeyedService.start(home, TestDatabase.create());
    service = keyed.service();
  }

  @AfterAll
  void stop() {
    service.close();
  }

  @Test
  void key_isShownOnce_worksUntilItIsDisabled_andAllOfItIsAudited() {
    JsonNode made = keyed.admin("POST", KEYS, "{\"name\":\"app\",\"tenant\":\"alice\"}", 200);
    String id = made.get("id").asString();
    String key = made.get("key").asString();
    assertThat(key).startsWith("fdl_" + id + "_").hasSize(4 + 12 + 1 + 43);
    assertThat(made.get("scopes").toString()).isEqualTo("[\"inference\"]");

    assertThat(service.send("POST", "/v1/completions", COMPLETION, key).statusCode())
        .isEqualTo(200);

    assertThat(service.send("GET", KEYS, null, ADMIN).body()).contains(id).doesNotContain(key);
    JsonNode shown = keyed.admin("GET", KEYS + "/" + id, null, 200);
    JsonNode used = shown.get("usage").get(0);
    assertThat(used.get("requests").asInt()).isEqualTo(1);
    assertThat(used.get("completionTokens").asInt()).isEqualTo(8);
    assertThat(used.get("fingerprint").asString())
        .isEqualTo(service.engine().model().fingerprint());
    assertThat(service.send("GET", "/actuator/usage?tenant=alice", null, ADMIN).body())
        .contains("\"requests\":1");

    keyed.admin("DELETE", KEYS + "/" + id, null, 200);

    HttpResponse<String> refused = service.send("POST", "/v1/completions", COMPLETION, key);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).contains("disabled_api_key").doesNotContain(key);
    keyed.admin("POST", KEYS + "/" + id, "{\"action\":\"enable\"}", 200);
    assertThat(service.send("GET", "/v1/models", null, key).statusCode()).isEqualTo(200);

    JsonNode rows = keyed.admin("GET", "/actuator/audit?limit=1000", null, 200).get("rows");
    List<String> done =
        rows.valueStream()
            .filter(row -> row.get("keyId").asString().equals(id))
            .map(row -> row.get("action").asString())
            .toList();
    assertThat(done).containsExactly("enable", "disable", "create");
    assertThat(rows.get(0).at("/actor/name").asString()).isEqualTo("admin");
    assertThat(rows.get(0).at("/actor/source").asString()).isEqualTo("127.0.0.1");
    assertThat(rows.toString()).doesNotContain(key.substring(key.length() - 43));
  }

  @Test
  void rotation_leavesTheOldSecretItsGrace_orNone() {
    JsonNode made = keyed.admin("POST", KEYS, "{\"name\":\"rotated\"}", 200);
    String path = KEYS + "/" + made.get("id").asString();
    String first = made.get("key").asString();

    String second =
        keyed
            .admin("POST", path, "{\"action\":\"rotate\",\"grace\":\"1h\"}", 200)
            .get("key")
            .asString();

    assertThat(second).isNotEqualTo(first);
    assertThat(models(first)).isEqualTo(200);
    assertThat(models(second)).isEqualTo(200);

    String third = keyed.admin("POST", path, "{\"action\":\"rotate\"}", 200).get("key").asString();

    assertThat(models(first)).isEqualTo(401);
    assertThat(models(second)).isEqualTo(401);
    assertThat(models(third)).isEqualTo(200);
  }

  @Test
  void badFields_areRefusedInASentence() {
    keyed.admin("POST", KEYS, "{\"name\":\"taken\"}", 200);
    assertThat(refusal("{\"name\":\"taken\"}", 409))
        .isEqualTo("name must be that of no other key, got \"taken\"");
    assertThat(refusal("{}", 400)).isEqualTo("name must be given");
    assertThat(refusal("{\"name\":\"admin\"}", 400))
        .isEqualTo(
            "name must not be admin, operator, command or command:..., under which others' actions stand, got \"admin\"");
    String made = keyed.admin("POST", KEYS, "{\"name\":\"kept\"}", 200).get("id").asString();
    assertThat(
            keyed
                .admin("POST", KEYS + "/" + made, "{\"name\":\"command\"}", 400)
                .get("error")
                .asString())
        .startsWith("name must not be admin, ");
    assertThat(refusal("{\"name\":\"x\",\"scopes\":[\"root\"]}", 400))
        .isEqualTo("scopes must be of inference, read, admin, got root");
    assertThat(refusal("{\"name\":\"x\",\"requestsPerMinute\":0}", 400))
        .startsWith("requestsPerMinute must be a whole number in [1, ");
    assertThat(refusal("{\"name\":\"x\",\"expiresAt\":\"soon\"}", 400))
        .startsWith("expiresAt must be");
    assertThat(
            keyed
                .admin("POST", KEYS + "/nobody", "{\"action\":\"disable\"}", 404)
                .get("error")
                .asString())
        .isEqualTo("there is no key \"nobody\"");
    assertThat(keyed.admin("GET", KEYS + "/a%00", null, 404).get("error").asString())
        .isEqualTo("there is no key \"a?\"");
    assertThat(keyed.admin("DELETE", KEYS + "/a%00", null, 404).get("error").asString())
        .isEqualTo("there is no key \"a?\"");
    assertThat(
            keyed
                .admin(
                    "POST",
                    KEYS,
                    "{\"name\":\"a\",\"priority\":\"%s\"}".formatted("x".repeat(3_000)),
                    400)
                .get("error")
                .asString())
        .startsWith("priority must be a whole number in ")
        .hasSizeLessThan(600);
  }

  @Test
  void requestsPerMinute_areHeld_andToldInEveryAnswer() {
    String key = keyed.key("{\"name\":\"slow\",\"requestsPerMinute\":3,\"tokensPerMinute\":1000}");
    for (int left = 2; left >= 0; left--) {
      HttpResponse<String> answer = service.send("POST", "/v1/completions", COMPLETION, key);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.headers().firstValue("x-ratelimit-limit-requests")).hasValue("3");
      assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests"))
          .hasValue(Integer.toString(left));
      assertThat(answer.headers().firstValue("x-ratelimit-limit-tokens")).hasValue("1000");
      assertThat(answer.headers().firstValue("x-ratelimit-reset-requests").orElseThrow())
          .matches("(\\d+m)?[\\d.]+m?s");
    }

    HttpResponse<String> refused = service.send("POST", "/v1/completions", COMPLETION, key);

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body())
        .contains("rate_limit_exceeded", "The API key may send 3 requests a minute");
    assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(1, 61);
    assertThat(refused.headers().firstValue("x-ratelimit-remaining-requests")).hasValue("0");
  }

  @Test
  void tokensPerMinute_areSetAsideAndGivenBack() {
    String key = keyed.key("{\"name\":\"few-tokens\",\"tokensPerMinute\":100}");
    // 90 are set aside; were they not given back, the second could not run.
    String eager =
        "{\"prompt\":\"ROMEO\",\"max_tokens\":80,\"temperature\":0,\"stop\":[\" \",\"e\",\"a\",\"\\n\"]}";
    HttpResponse<String> first = service.send("POST", "/v1/completions", eager, key);
    assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    int used = JsonMapper.shared().readTree(first.body()).at("/usage/total_tokens").asInt();
    assertThat(used).isLessThan(50);

    HttpResponse<String> tooMany =
        service.send("POST", "/v1/completions", eager.replace("80", "200"), key);

    assertThat(tooMany.statusCode()).isEqualTo(429);
    assertThat(tooMany.body()).contains("max_tokens", "100 tokens a minute");
    assertThat(tooMany.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void monthlyTokens_endWithAQuotaError() {
    String key = keyed.key("{\"name\":\"poor\",\"monthlyTokens\":40}");
    assertThat(service.send("POST", "/v1/completions", COMPLETION, key).statusCode())
        .isEqualTo(200);
    HttpResponse<String> refused =
        service.send("POST", "/v1/completions", COMPLETION.replace(":8,", ":60,"), key);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("insufficient_quota", "40 tokens a month");
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void placements_sayWhichKeyActed() {
    String operator = keyed.key("{\"name\":\"operator anna\",\"scopes\":[\"admin\",\"read\"]}");

    HttpResponse<String> applied =
        service.send(
            "POST", "/actuator/placement", "{\"action\":\"apply\",\"by\":\"somebody\"}", operator);

    assertThat(applied.statusCode()).as(applied.body()).isEqualTo(200);
    assertThat(JsonMapper.shared().readTree(applied.body()).get("by").asString())
        .isEqualTo("operator anna");
  }

  private int models(String key) {
    return service.send("GET", "/v1/models", null, key).statusCode();
  }

  private String refusal(String json, int status) {
    return keyed.admin("POST", KEYS, json, status).get("error").asString();
  }
}
