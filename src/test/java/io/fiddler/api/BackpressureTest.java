package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.FinishReason;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.RepeatedTest;

/// Streams that come faster than their clients read: writing stops and goes on, again and again,
/// while tokens come. None may be left hanging.
final class BackpressureTest extends ScriptedTest {
  /// 8,064 tokens, megabytes more than sockets take.
  private static final String MUCH =
      "{'prompt':[[1],[1],[1],[1]],'n':32,'max_tokens':63,'logprobs':1,'stream':true}";

  @RepeatedTest(20)
  void stream_goesOnToItsEnd_howeverOftenItsClientPauses() throws IOException {
    engine.script(run -> {
      run.prefill();
      while (run.goesOn()) {
        run.token('a');
      }
      run.finish(FinishReason.LENGTH);
      LockSupport.parkNanos(1_000_000);
    });
    try (RawConnection connection = RawConnection.complete(server().port(), MUCH)) {
      assertThat(connection.readInPieces("data: [DONE]\n\n")).isTrue();
    }
  }
}
