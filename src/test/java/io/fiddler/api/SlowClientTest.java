package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.api.connection.ConnectionConfiguration;
import io.fiddler.api.connection.ConnectionOptions;
import io.fiddler.api.generation.GenerationOptions;
import io.fiddler.api.generation.request.RequestLimits;
import io.fiddler.api.web.SecurityOptions;
import io.fiddler.engine.FinishReason;
import io.fiddler.usage.RequestRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/// Clients that send or read too slowly get an answer or lose their connection; they hold neither
/// memory nor a generation.
class SlowClientTest extends ScriptedTest {
  private static final GenerationOptions SMALL_BUFFER =
      new GenerationOptions(1 << 20, 8 << 20, 128, 16, 64 << 10, false, RequestLimits.DEFAULT);

  /// 8,064 tokens with 20 alternatives each: megabytes more than sockets take.
  private static final String MUCH =
      "{'prompt':[[1],[1],[1],[1]],'n':32,'max_tokens':63,'logprobs':20,'stream':%s}";

  @Override
  ApiServer start() {
    return ApiServer.start(
        engine,
        new ByteTokenizer(),
        new ApiOptions(SMALL_BUFFER, SecurityOptions.local(), 2, 2),
        Impatient.class);
  }

  @Configuration(proxyBeanMethods = false)
  @Import(ConnectionConfiguration.class)
  static class Impatient {
    @Bean
    ConnectionOptions connectionOptions() {
      return new ConnectionOptions(Duration.ofMillis(700), Duration.ofMillis(500));
    }

    @Bean
    NettyServerCustomizer idleConnections() {
      return server -> server.idleTimeout(Duration.ofSeconds(1));
    }
  }

  /// Everything is loaded before anything is timed.
  @BeforeEach
  void loadEverything() {
    completed("{'prompt':'Hi'}");
    engine.reset();
  }

  @Test
  void generations_end_whenTheClientReadsNothing() throws IOException, InterruptedException {
    engine.script(SlowClientTest::generate);
    try (RawConnection _ = RawConnection.complete(server().port(), MUCH.formatted(true))) {
      awaitAllCancelled();

      assertThat(recordOf(true).status()).as("too much waits, or nothing moves").isIn(408, 499);
    }
  }

  @Test
  void client_isToldThatItWasTooSlow_whenItReadsAfterAll()
      throws IOException, InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    engine.script(run -> {
      run.prefill();
      run.token('b');
      begun.await();
      finish(run);
    });
    try (RawConnection connection = RawConnection.complete(server().port(), MUCH.formatted(true))) {
      connection.readUntil("\"text\":\"b\"");
      begun.countDown();
      awaitAllCancelled();

      assertThat(connection.readUntil("\n0\r\n"))
          .contains("\"code\":\"client_too_slow\"", "fiddler.api.stream-buffer")
          .doesNotContain("[DONE]");
    }
    RequestRecord request = recordOf(true);
    assertThat(request.status()).isEqualTo(408);
    assertThat(request.error()).contains("The client reads too slowly");
  }

  @Test
  void wholeAnswer_hasNoSuchLimit() {
    engine.script(Script.seededLetters());

    assertThat(completed(MUCH.formatted(false)).get("choices").size()).isEqualTo(128);
  }

  @Test
  void connection_isClosed_whenNothingOfTheAnswerIsTaken()
      throws IOException, InterruptedException {
    engine.script(Script.seededLetters());
    try (RawConnection connection =
        RawConnection.complete(server().port(), MUCH.formatted(false))) {
      assertThat(recordOf(false).completionTokens()).isEqualTo(8_064);
      assertThat(connection.isClosedByServer()).isTrue();
    }
  }

  @Test
  void request_isRefused_whenItsBodyTrickles() throws IOException {
    try (RawConnection connection =
            RawConnection.send(
                server().port(),
                "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{");
        Trickle _ = new Trickle(connection, " ")) {
      assertThat(connection.readUntil("\"}}"))
          .startsWith("HTTP/1.1 408 ")
          .containsIgnoringCase("\r\nconnection: close\r\n")
          .contains("\"code\":\"request_timeout\"", "fiddler.api.body-timeout");
      assertThat(connection.isClosedByServer()).isTrue();
    }
  }

  @Test
  void connection_isClosed_whenTheHeadTrickles() throws IOException {
    try (RawConnection connection =
            RawConnection.send(
                server().port(), "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: ");
        Trickle _ = new Trickle(connection, "x")) {
      assertThat(connection.isClosedByServer()).isTrue();
    }
  }

  @Test
  void connection_isClosed_whenABodyThatNobodyReadsTrickles() throws IOException {
    try (RawConnection connection =
            RawConnection.send(
                server().port(),
                "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n");
        Trickle _ = new Trickle(connection, "x")) {
      assertThat(connection.isClosedByServer()).isTrue();
    }
  }

  @Test
  void connection_isClosed_whenItIsIdle() throws IOException {
    try (RawConnection silent = RawConnection.send(server().port(), "");
        RawConnection used =
            RawConnection.send(
                server().port(), "GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
      used.readUntil("tiny-moe");
      assertThat(used.isClosedByServer()).isTrue();
      assertThat(silent.isClosedByServer()).isTrue();
    }
  }

  @Test
  void slowAnswer_isWaitedFor_howeverLongItTakes() throws IOException, InterruptedException {
    engine.script(run -> {
      run.prefill();
      run.token('a');
      run.awaitCancelled();
      run.finish(FinishReason.CANCELLED);
    });
    try (RawConnection connection =
            RawConnection.complete(server().port(), "{'prompt':'Hi','stream':true}");
        RawConnection idle = RawConnection.send(server().port(), "")) {
      connection.readUntil("\"text\":\"a\"");
      assertThat(idle.isClosedByServer()).as("a connection as old has long been closed").isTrue();

      assertThat(engine.nextRun().isCancelled()).isFalse();
    }
  }

  /// The record of the large request, whatever was asked before.
  private RequestRecord recordOf(boolean stream) throws InterruptedException {
    RequestRecord record = server().nextRecord();
    while (record.stream() != stream || !record.sampling().contains("\"n\":32")) {
      record = server().nextRecord();
    }
    return record;
  }

  private void awaitAllCancelled() throws InterruptedException {
    for (int i = 0; i < 4 * 32; i++) {
      engine.nextRun().awaitCancelled();
    }
  }

  private static void generate(ScriptedRun run) {
    run.prefill();
    finish(run);
  }

  private static void finish(ScriptedRun run) {
    while (run.goesOn()) {
      run.token('a');
    }
    run.finish(FinishReason.LENGTH);
  }

  /// Sends a little again and again, until it is closed.
  private static final class Trickle implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

    Trickle(RawConnection connection, String drop) {
      var _ =
          clock.scheduleAtFixedRate(
              () -> {
                try {
                  connection.send(drop);
                } catch (IOException _) {
                  clock.shutdown();
                }
              },
              0,
              20,
              TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
      clock.shutdownNow();
    }
  }
}
