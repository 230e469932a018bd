package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.usage.RequestRecord;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A client that leaves ends its generations, wherever they are: stalls that a real engine cannot
/// be made to show.
abstract class DisconnectContract extends ScriptedTest {
  private final String path;
  private final String fields;

  /// @param fields of a request for two choices, with their token ids; single quotes for double
  ///   ones
  DisconnectContract(String path, String fields) {
    this.path = path;
    this.fields = fields;
  }

  /// Streamed or not; which of them there are.
  Stream<Boolean> ways() {
    return Stream.of(false, true);
  }

  /// Generates after the prompt was read, at last the token 98 if any.
  ///
  /// @return how many tokens are told of
  int decode(ScriptedRun run) {
    run.token(97);
    run.token(98);
    return 2;
  }

  /// Generations of a request.
  int generations() {
    return 2;
  }

  private RawConnection send(boolean stream) throws IOException {
    return RawConnection.post(server().port(), path, "{%s,'stream':%s}".formatted(fields, stream));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void generation_isCancelled_whenClientLeavesDuringPrefill(boolean stream)
      throws IOException, InterruptedException {
    engine.script(Script.stall(_ -> {}));
    ScriptedRun run;
    try (RawConnection _ = send(stream)) {
      run = engine.nextRun();
    }

    run.awaitCancelled();
    RequestRecord request = cancelled(stream);
    assertThat(request.completionTokens()).isZero();
    assertThat(request.promptTokens()).as("nothing of it was read").isZero();
    assertThat(request.firstPlacementVersion()).isNull();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void generation_isCancelled_whenClientLeavesDuringDecode(boolean stream)
      throws IOException, InterruptedException {
    CountDownLatch generated = new CountDownLatch(1);
    int[] tokens = new int[1];
    engine.script(
        Script.stall(run -> {
          // The others of the request wait for this one's end, and may begin before they hear
          // that they are cancelled too.
          if (generated.getCount() > 0) {
            run.prefill();
            tokens[0] = decode(run);
            generated.countDown();
          }
        }));
    ScriptedRun run;
    try (RawConnection connection = send(stream)) {
      run = engine.nextRun();
      assertThat(generated.await(10, TimeUnit.SECONDS)).isTrue();
      if (stream) {
        connection.readUntil("\"token_ids\":[98]");
      }
    }

    run.awaitCancelled();
    RequestRecord request = cancelled(stream);
    assertThat(request.completionTokens()).isEqualTo(tokens[0]);
    assertThat(request.promptTokens()).isPositive();
    assertThat(request.hitRate()).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void generations_areCancelled_whenClientLeavesWhileTheyQueue(boolean stream)
      throws IOException, InterruptedException {
    engine.script(Script.stall(_ -> {}));
    try (RawConnection _ = send(false)) {
      for (int i = 0; i < generations(); i++) {
        engine.nextRun();
      }
      ScriptedRun waiting;
      try (RawConnection _ = send(stream)) {
        waiting = engine.nextRun();
      }
      waiting.awaitCancelled();
      assertThat(server().hasRecord()).as("the engine has not reported yet").isFalse();
    }
    // They are logged by several threads, in any order.
    List<Boolean> streamed = List.of(cancelled().stream(), cancelled().stream());
    assertThat(streamed).containsExactlyInAnyOrder(false, stream);
  }

  private RequestRecord cancelled(boolean stream) throws InterruptedException {
    RequestRecord request = cancelled();
    assertThat(request.stream()).isEqualTo(stream);
    return request;
  }

  private RequestRecord cancelled() throws InterruptedException {
    RequestRecord request = server().nextRecord();
    assertThat(request.status()).isEqualTo(499);
    assertThat(request.finishReason()).isEqualTo("cancelled");
    assertThat(request.error()).isEqualTo("The client closed the connection");
    return request;
  }
}
