package io.fiddler.api.web;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ErrorBody;
import io.fiddler.api.json.ApiJson;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Puts a sentence into refusals that have none, such as the 404 of a metric that does not exist,
/// which Actuator answers with a status alone.
public final class WordlessRefusals implements WebFilter, Ordered {
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 1;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return exchange.getRequest().getMethod().equals(HttpMethod.HEAD)
        ? chain.filter(exchange)
        : chain.filter(exchange.mutate().response(new Worded(exchange)).build());
  }

  private static final class Worded extends ServerHttpResponseDecorator {
    private final ServerWebExchange exchange;

    Worded(ServerWebExchange exchange) {
      super(exchange.getResponse());
      this.exchange = exchange;
    }

    /// The end of an answer; of one without a body, if nothing was committed before.
    @Override
    public Mono<Void> setComplete() {
      return Mono.defer(() -> {
        ServerHttpResponse response = getDelegate();
        HttpStatusCode status = response.getStatusCode();
        if (response.isCommitted() || status == null || !status.is4xxClientError()) {
          return response.setComplete();
        }
        ApiError error = ErrorAnswers.translate(exchange, new ResponseStatusException(status));
        byte[] body = ApiJson.write(ErrorBody.of(error));
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        response.getHeaders().setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
      });
    }
  }
}
