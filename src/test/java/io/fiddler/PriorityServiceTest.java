package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.GenerationReport;
import io.fiddler.store.TestDatabase;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The priority of a key, from the administrator to the engine's queue.
final class PriorityServiceTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  /// Minutes of work for an engine that computes one sequence at a time.
  private static final int LONG_ONES = 64;

  private static final String LONG =
      """
      {"prompt": ["ROMEO", "JULIET", "NURSE", "FRIAR"], "n": 16, "max_tokens": 900,
       "ignore_eos": true, "stream": true}\
      """;

  @Test
  void higherPriority_isComputedFirst_thoughItCameLater(@TempDir Path home) throws Exception {
    try (KeyedService keyed =
            KeyedService.start(
                home,
                TestDatabase.create(),
                List.of(EngineWatch.class),
                "--fiddler.engine.max-running=1");
        HttpClient http = HttpClient.newHttpClient()) {
      EngineWatch watch = keyed.service().bean(EngineWatch.class);
      String busy = keyed.key("{'name':'busy','priority':100}");
      String ordinary = keyed.key("{'name':'ordinary'}");
      String urgent = keyed.key("{'name':'urgent','priority':2}");

      CompletableFuture<HttpResponse<String>> first;
      CompletableFuture<HttpResponse<String>> second;
      try (InputStream _ =
          http.send(request(keyed, LONG, busy), BodyHandlers.ofInputStream()).body()) {
        watch.awaitArrived(LONG_ONES);
        first = http.sendAsync(request(keyed, shortOne(3), ordinary), BodyHandlers.ofString());
        watch.awaitArrived(LONG_ONES + 1);
        second = http.sendAsync(request(keyed, shortOne(4), urgent), BodyHandlers.ofString());
        watch.awaitArrived(LONG_ONES + 2);
      }

      assertThat(first.get().statusCode()).as(first.get().body()).isEqualTo(200);
      assertThat(second.get().statusCode()).as(second.get().body()).isEqualTo(200);
      assertThat(watch.completed())
          .extracting(GenerationReport::completionTokens)
          .filteredOn(tokens -> tokens <= 4)
          .containsExactly(4, 3);
    }
  }

  private static String shortOne(int tokens) {
    return "{\"prompt\": \"ROMEO\", \"max_tokens\": %d, \"ignore_eos\": true}".formatted(tokens);
  }

  private static HttpRequest request(KeyedService keyed, String json, String key) {
    return HttpRequest.newBuilder(keyed.service().root().resolve("/v1/completions"))
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + key)
        .timeout(LIMIT)
        .POST(BodyPublishers.ofString(json))
        .build();
  }
}
