package io.fiddler.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.publisher.Signal;
import reactor.netty.channel.AbortedException;

final class DroppedErrorsTest {
  @Test
  void departureOfTheClient_isNotHeardOf_behindTheAnswer() {
    assertThat(lost(new AbortedException("Connection has been closed"))).isEmpty();
  }

  @Test
  void failure_isHeardOf_behindTheAnswer() {
    assertThat(lost(new IllegalStateException("a fault"))).hasSize(1);
  }

  @Test
  void departureOfTheClient_isNoFailure_whenItsBodyTellsOfItFirst() {
    try (FatalErrors filter = new FatalErrors()) {
      assertThat(
              filter
                  .filter(exchange(), _ -> Mono.error(new AbortedException("closed")))
                  .materialize()
                  .block())
          .matches(Signal::isOnComplete);
    }
  }

  /// What is dropped if work fails once its request is answered.
  private static Queue<Throwable> lost(Throwable failure) {
    Queue<Throwable> lost = new ConcurrentLinkedQueue<>();
    Hooks.onErrorDropped(lost::add);
    try (FatalErrors filter = new FatalErrors()) {
      filter
          .filter(
              exchange(),
              _ ->
                  Mono.fromDirect(subscriber -> {
                    subscriber.onSubscribe(Operators.emptySubscription());
                    subscriber.onComplete();
                    subscriber.onError(failure);
                  }))
          .block();
    } finally {
      Hooks.resetOnErrorDropped();
    }
    return lost;
  }

  private static MockServerWebExchange exchange() {
    return MockServerWebExchange.from(MockServerHttpRequest.get("/"));
  }
}
