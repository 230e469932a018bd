package io.fiddler.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/// One client that asks for one thing after the other until its time is over: of 20 requests nine
/// are streamed, four answered whole, two have a long prompt, two leave in the middle of the stream
/// and one before it begins, two are bad.
final class LoadClient implements Runnable {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int LONG_PROMPT = 700;
  private static final List<String> BAD =
      List.of(
          "{",
          "{}",
          "{\"prompt\": 5, \"max_tokens\": 4}",
          "{\"prompt\": \"a\", \"temperature\": 3}",
          "{\"prompt\": \"a\", \"max_tokens\": 100000}",
          "{\"prompt\": \"a\", \"suffix\": \"b\"}");

  private final URI address;
  private final HttpClient http;
  private final SplittableRandom random;
  private final long endNanos;
  private final Seen seen;
  private final Answered answered;

  /// @param endNanos when to begin no further request
  LoadClient(URI service, HttpClient http, long seed, long endNanos, Seen seen, Answered answered) {
    this.address = service.resolve("/v1/completions");
    this.http = http;
    this.random = new SplittableRandom(seed);
    this.endNanos = endNanos;
    this.seen = seen;
    this.answered = answered;
  }

  @Override
  public void run() {
    while (System.nanoTime() - endNanos < 0 && !Thread.currentThread().isInterrupted()) {
      switch (random.nextInt(20)) {
        case 0, 1, 2, 3 -> whole();
        case 4, 5 -> stream("long prompt", LONG_PROMPT, Integer.MAX_VALUE);
        case 6, 7 -> stream("leaves", 40, random.nextInt(1, 8));
        case 8 -> goneEarly();
        case 9, 10 -> bad();
        default -> stream("stream", random.nextInt(4, 80), Integer.MAX_VALUE);
      }
    }
  }

  private void whole() {
    send("whole", body(random.nextInt(4, 80), random.nextInt(1, 32), false), 200);
  }

  private void bad() {
    send("bad", BAD.get(random.nextInt(BAD.size())), 400);
  }

  private void send(String kind, String json, int intended) {
    try {
      HttpResponse<String> answer = http.send(request(json), BodyHandlers.ofString());
      ended(kind, answer, answer.body(), intended);
    } catch (IOException e) {
      seen.wrong(kind, "broken off", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Closes the connection while the request is read, waits, or is in its prefill.
  private void goneEarly() {
    HttpRequest request = request(body(LONG_PROMPT, 32, true));
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request, BodyHandlers.ofInputStream());
    try {
      answer.get(random.nextInt(1, 200), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      if (answer.cancel(true)) {
        answered.unanswered();
        seen.ended("gone early", "left before the answer");
        return;
      }
    } catch (ExecutionException e) {
      seen.wrong("gone early", "broken off", e.toString());
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try (InputStream body = answer.join().body()) {
      if (answer.join().statusCode() == 200) {
        answered.left(answer.join());
        seen.ended("gone early", "left");
      } else {
        ended("gone early", answer.join(), new String(body.readAllBytes(), UTF_8), 200);
      }
    } catch (IOException e) {
      seen.wrong("gone early", "broken off", e.toString());
    }
  }

  private void stream(String kind, int prompt, int leaveAfter) {
    long begin = System.nanoTime();
    try {
      HttpResponse<InputStream> answer =
          http.send(request(body(prompt, 32, true)), BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        if (answer.statusCode() != 200) {
          ended(kind, answer, new String(body.readAllBytes(), UTF_8), 200);
        } else {
          read(
              kind,
              answer,
              new BufferedReader(new InputStreamReader(body, UTF_8)),
              begin,
              leaveAfter);
        }
      }
    } catch (IOException e) {
      seen.wrong(kind, "broken off", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(
      String kind, HttpResponse<?> answer, BufferedReader lines, long begin, int leaveAfter)
      throws IOException {
    long last = begin;
    int tokens = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("data: [DONE]")) {
        answered.ended(answer);
        seen.ended(kind, "200");
        return;
      }
      if (line.startsWith("data: {\"error\"")) {
        seen.wrong(kind, "error in the stream", line);
        return;
      }
      if (line.startsWith("data: ")) {
        long now = System.nanoTime();
        (tokens == 0 ? seen.firstTokens : seen.tokenGaps).add(now - last);
        last = now;
        tokens++;
        seen.tokens.increment();
        if (tokens >= leaveAfter) {
          answered.left(answer);
          // Closing what is not read to its end closes the connection.
          seen.ended(kind, "left");
          return;
        }
      }
    }
    seen.wrong(kind, "no end mark", "");
  }

  private void ended(String kind, HttpResponse<?> answer, String body, int intended) {
    int status = answer.statusCode();
    answered.ended(answer);
    boolean later = answer.headers().firstValue("Retry-After").isPresent();
    if (status == intended) {
      seen.ended(kind, Integer.toString(status));
    } else if ((status == 429 || status == 503) && later) {
      seen.ended(kind, status + " with Retry-After");
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(200));
    } else {
      seen.wrong(kind, Integer.toString(status), body);
    }
  }

  private HttpRequest request(String json) {
    return HttpRequest.newBuilder(address)
        .timeout(LIMIT)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json))
        .build();
  }

  private String body(int promptTokens, int maxTokens, boolean streamed) {
    StringBuilder prompt = new StringBuilder();
    for (int i = 0; i < promptTokens; i++) {
      prompt.append(i == 0 ? "[" : ",").append(random.nextInt(10, 3_000));
    }
    return "{\"prompt\": %s], \"max_tokens\": %d, \"ignore_eos\": true, \"stream\": %s}"
        .formatted(prompt, maxTokens, streamed);
  }
}
