package io.fiddler.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;

/// Bodies that are nearly right, by the hundred: always an answer, never our own fault. Over the
/// scripted engine, whose short context bounds what a mutated `max_tokens` may cost.
class BodyFuzzTest extends ScriptedTest {
  private static final int ROUNDS = 100;
  private static final String[] SEEDS = {
    """
    {"model":"tiny-moe","prompt":"Hé\\n\\u00e9","max_tokens":3,"temperature":0.5,"top_p":0.9,"seed":1}\
    """,
    """
    {"prompt":[[1,2],[3]],"n":2,"stop":["a","b"],"logit_bias":{"5":-1.5},"logprobs":2,"max_tokens":2}\
    """,
    """
    {"prompt":["a","b"],"stream":true,"stream_options":{"include_usage":true},"echo":true,"max_tokens":1}\
    """
  };
  private static final String[] PIECES = {
    "null",
    "-1",
    "1e999",
    "99999999999999999999",
    "\"\"",
    "[]",
    "{}",
    "true",
    "[[[[",
    "\\u0000",
    "\\ud800",
    "\"",
    "}",
    ",",
    ":",
    "NaN",
    "0.1",
    "\uFEFF",
    "\0"
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void answer_isSuccessOrRefusal_whenBodyIsMutated(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] body = mutated(SEEDS[random.nextInt(SEEDS.length)], random);
      EntityExchangeResult<byte[]> result =
          client()
              .post()
              .uri("/v1/completions")
              .contentType(MediaType.APPLICATION_JSON)
              .bodyValue(body)
              .exchange()
              .expectBody()
              .returnResult();
      byte[] answer = result.getResponseBodyContent();

      assertThat(result.getStatus().value())
          .as("seed %d, round %d, body %s", seed, round, new String(body, UTF_8))
          .isIn(200, 400, 404);
      assertThat(new String(answer == null ? new byte[0] : answer, UTF_8))
          .as("seed %d, round %d", seed, round)
          .doesNotContain(
              "internal_error", "java.", "jackson", "Feature", "Constraints", "JsonToken");
    }
  }

  private static byte[] mutated(String valid, SplittableRandom random) {
    StringBuilder text = new StringBuilder(valid);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(8));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 2 -> text.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
        default -> text.setLength(at);
      }
    }
    byte[] bytes = text.toString().getBytes(UTF_8);
    if (bytes.length > 0 && random.nextInt(4) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
