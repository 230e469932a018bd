package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.FinishReason;
import io.fiddler.usage.RequestRecord;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Hooks;
import reactor.core.scheduler.Schedulers;

/// What else becomes of an answer whose client leaves; that its generations end, wherever they are,
/// is {@link DisconnectContract}'s.
class DisconnectTest extends ScriptedTest {

  @Test
  void request_isAnswered_whenClientLeavesAtTheEndMark() throws IOException, InterruptedException {
    engine.script(Script.text("ab"));
    for (int i = 0; i < 20; i++) {
      try (RawConnection connection = RawConnection.complete(server().port(), request(true))) {
        connection.readUntil("data: [DONE]");
      }

      RequestRecord request = server().nextRecord();
      assertThat(request.status()).isEqualTo(200);
      assertThat(request.finishReason()).isEqualTo("stop");
    }
  }

  @Test
  void nothingIsDroppedOrThrown_whenClientsLeaveWhileTokensCome()
      throws IOException, InterruptedException {
    Queue<Throwable> lost = new ConcurrentLinkedQueue<>();
    Hooks.onErrorDropped(lost::add);
    Schedulers.onHandleError((_, failure) -> lost.add(failure));
    try {
      engine.script(run -> {
        run.prefill();
        while (run.goesOn()) {
          run.token('a');
        }
        run.finish(FinishReason.LENGTH);
      });
      String many = "{'prompt':[[1],[1],[1],[1]],'n':32,'max_tokens':63,'stream':true}";
      for (int i = 0; i < 40; i++) {
        try (RawConnection connection = RawConnection.complete(server().port(), many)) {
          connection.readUntil("data: ");
        }
      }
      server().drainRecords();
    } finally {
      Hooks.resetOnErrorDropped();
      Schedulers.resetOnHandleError();
    }
    assertThat(lost).isEmpty();
  }

  @Test
  void tokens_areThoseGenerated_whenClientLeavesAfterAStopStringEndedOneChoice()
      throws IOException, InterruptedException {
    engine.script(run -> {
      run.prefill();
      if (run.sampling().seed() == 0) {
        run.token('S');
        run.awaitCancelled();
        run.token('b');
      } else {
        run.awaitCancelled();
      }
      run.finish(FinishReason.CANCELLED);
    });
    String two = "{'prompt':'Hi','n':2,'seed':0,'stream':true,'stop':'S'}";
    try (RawConnection connection = RawConnection.complete(server().port(), two)) {
      connection.readUntil("\"finish_reason\":\"stop\"");
    }

    RequestRecord request = server().nextRecord();
    assertThat(request.status()).isEqualTo(499);
    assertThat(request.completionTokens())
        .as("the one before the stop string's end was noticed, and the one after it")
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void otherChoices_goOn_whenAStopStringEndsOne(int stoppedChoice) throws InterruptedException {
    engine.script(run -> {
      run.prefill();
      boolean stopped = run.sampling().seed() == stoppedChoice;
      run.token(stopped ? 'S' : 'a');
      if (stopped) {
        run.awaitCancelled();
      }
      run.token('b');
      run.finish(FinishReason.LENGTH);
    });

    var body = completed("{'prompt':'Hi','n':2,'seed':0,'max_tokens':2,'stop':'S'}");

    var stopped = body.get("choices").get(stoppedChoice);
    assertThat(stopped.get("finish_reason").stringValue()).isEqualTo("stop");
    assertThat(stopped.get("text").stringValue()).isEmpty();
    var other = body.get("choices").get(1 - stoppedChoice);
    assertThat(other.get("finish_reason").stringValue()).isEqualTo("length");
    assertThat(other.get("text").stringValue()).isEqualTo("ab");
    assertThat(body.get("usage").get("completion_tokens").intValue()).isEqualTo(3);
    assertThat(server().nextRecord().completionTokens()).isEqualTo(3);
  }

  private static String request(boolean stream) {
    return "{'prompt':'Hi','stream':" + stream + "}";
  }
}
