package io.fiddler.api.connection;

import io.fiddler.api.error.ApiError;
import io.fiddler.usage.Durations;
import java.time.Duration;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Answers 408 to a request whose body has not arrived in time, however steadily it trickles. Of
/// every route, since any of them may hold memory while it waits.
final class SlowBodies implements WebFilter, Ordered {
  private final Duration timeout;

  /// @param timeout from when the body is first asked for to its end
  SlowBodies(Duration timeout) {
    this.timeout = timeout;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 2;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return chain.filter(
        exchange.mutate().request(new Timed(exchange.getRequest(), timeout)).build());
  }

  private static final class Timed extends ServerHttpRequestDecorator {
    private final Duration timeout;

    Timed(ServerHttpRequest request, Duration timeout) {
      super(request);
      this.timeout = timeout;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return super.getBody().takeUntilOther(Mono.delay(timeout).then(Mono.error(this::late)));
    }

    private Throwable late() {
      return ApiError.refused(
              408,
              null,
              "request_timeout",
              "The body did not arrive within %s (fiddler.api.body-timeout)"
                  .formatted(Durations.text(timeout)))
          // What still comes of it is no request of its own.
          .with(HttpHeaders.CONNECTION, "close")
          .asException();
    }
  }
}
