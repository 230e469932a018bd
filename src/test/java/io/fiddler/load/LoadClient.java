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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// One client that asks for one thing after the other until its time is over: of ten requests five
/// are streamed, two answered whole, one has a long prompt, one leaves in the middle, one is bad.
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

  /// @param endNanos when to begin no further request
  LoadClient(URI service, HttpClient http, long seed, long endNanos, Seen seen) {
    this.address = service.resolve("/v1/completions");
    this.http = http;
    this.random = new SplittableRandom(seed);
    this.endNanos = endNanos;
    this.seen = seen;
  }

  @Override
  public void run() {
    while (System.nanoTime() - endNanos < 0 && !Thread.currentThread().isInterrupted()) {
      switch (random.nextInt(10)) {
        case 0, 1 -> whole();
        case 2 -> stream("long prompt", LONG_PROMPT, Integer.MAX_VALUE);
        case 3 -> stream("leaves", 40, random.nextInt(1, 8));
        case 4 -> bad();
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

  private void stream(String kind, int prompt, int leaveAfter) {
    long begin = System.nanoTime();
    try {
      HttpResponse<InputStream> answer =
          http.send(request(body(prompt, 32, true)), BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        if (answer.statusCode() != 200) {
          ended(kind, answer, new String(body.readAllBytes(), UTF_8), 200);
        } else {
          read(kind, new BufferedReader(new InputStreamReader(body, UTF_8)), begin, leaveAfter);
        }
      }
    } catch (IOException e) {
      seen.wrong(kind, "broken off", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(String kind, BufferedReader lines, long begin, int leaveAfter)
      throws IOException {
    long last = begin;
    int tokens = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals("data: [DONE]")) {
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
