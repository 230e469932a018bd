package io.fiddler.api.web;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ErrorBody;
import io.fiddler.api.error.ErrorTranslation;
import io.fiddler.api.json.ApiJson;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.channel.AbortedException;

/// The last word on every failed request of the server, in OpenAI's error shape. It comes before
/// Spring Boot's own handler, so no answer ever holds more than [ErrorTranslation] puts into it.
public final class ErrorAnswers implements WebExceptionHandler, Ordered {
  /// Before Spring Boot's (-1) and Spring's (0).
  private static final int ORDER = -2;

  private static final int INTERNAL = 500;
  private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

  private final Scheduler logging;

  /// @param logging where to write the log: appenders block
  public ErrorAnswers(Scheduler logging) {
    this.logging = logging;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted() || isClientGone(failure)) {
      return Mono.error(failure);
    }
    ApiError error = answerTo(exchange, failure);
    response.setStatusCode(HttpStatusCode.valueOf(error.status()));
    response.getHeaders().remove("Content-Length");
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    error.headers().forEach(response.getHeaders()::set);
    byte[] body = ApiJson.write(ErrorBody.of(error));
    response.getHeaders().setContentLength(body.length);
    DataBuffer buffer = response.bufferFactory().wrap(body);
    return response.writeWith(Mono.just(buffer));
  }

  /// The answer to a failure; what is our own fault is logged with its cause.
  public ApiError answerTo(ServerWebExchange exchange, Throwable failure) {
    ApiError error = translate(exchange, failure);
    if (error.status() == INTERNAL) {
      RequestLabels labels = RequestLabels.of(exchange);
      String where = where(exchange);
      logging.schedule(() ->
          labels.around(
              () -> LOG.error("Request {} failed: {}", labels.requestId(), where, failure)));
    }
    return error;
  }

  /// The answer to a failure, without a word in the log.
  public static ApiError translate(ServerWebExchange exchange, Throwable failure) {
    return ErrorTranslation.translate(failure, where(exchange), RequestIds.shown(exchange));
  }

  /// Whether somebody has to look into a failure, neither the client's doing nor a refusal.
  static boolean isOurFault(ServerWebExchange exchange, Throwable failure) {
    return !isClientGone(failure) && translate(exchange, failure).status() == INTERNAL;
  }

  /// Whether a failure only says that nobody is there any more to be answered. Its causes do not
  /// count: a database that hangs up looks the same from further down.
  public static boolean isClientGone(Throwable failure) {
    return (failure instanceof IOException || failure instanceof AbortedException)
        && DisconnectedClientHelper.isClientDisconnectedException(failure);
  }

  private static String where(ServerWebExchange exchange) {
    return exchange.getRequest().getMethod() + " " + exchange.getRequest().getPath().value();
  }
}
