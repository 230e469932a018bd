package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Over HTTP, too, an answer does not depend on who else is served.
class SameAnswersTest extends ApiTestBase {
  private static final int REQUESTS = 32;

  private final TinyMoe model = new TinyMoe();

  @Override
  ApiServer start() {
    return model.serve();
  }

  @AfterAll
  void closeModel() {
    model.close();
  }

  /// A prompt of its own length, some of which begin alike.
  private static String request(int number) {
    String prompt = "It was the best of ".repeat(1 + number % 7) + "x".repeat(number % 3);
    return "{'prompt':'%s','max_tokens':%d,'seed':%d,'temperature':1.2,'logprobs':5,'echo':%s,'ignore_eos':true}"
        .formatted(prompt, 8 + number % 5, number, number % 6 == 5);
  }

  @Test
  void answers_areTheSameBits_aloneAndAmong31Others()
      throws ExecutionException, InterruptedException {
    List<JsonNode> alone =
        IntStream.range(0, REQUESTS).mapToObj(number -> choices(request(number))).toList();

    List<Future<JsonNode>> together = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int number = 0; number < REQUESTS; number++) {
        String request = request(number);
        together.add(clients.submit(() -> choices(request)));
      }
    }

    for (int number = 0; number < REQUESTS; number++) {
      assertThat(together.get(number).get()).as("request %d", number).isEqualTo(alone.get(number));
    }
  }

  private JsonNode choices(String request) {
    return completed(request).get("choices");
  }
}
