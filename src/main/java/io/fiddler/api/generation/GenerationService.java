package io.fiddler.api.generation;

import io.fiddler.api.model.ServedModel;
import io.fiddler.api.web.ApiThreads;
import io.fiddler.api.web.BodyReader;
import io.fiddler.api.web.ErrorAnswers;
import io.fiddler.engine.Engine;
import io.fiddler.usage.RequestLog;
import io.fiddler.usage.span.RequestTracing;
import java.util.function.Function;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// What all routes that generate work with.
///
/// @param engine runs what is asked for
/// @param served how clients know the model
/// @param log gets one record a request
/// @param tracing follows every request
/// @param options limits
/// @param threads where to read prompts and write answers
/// @param errors answers failures
/// @param bodies reads the bodies of requests
public record GenerationService(
    Engine engine,
    ServedModel served,
    RequestLog log,
    RequestTracing tracing,
    GenerationOptions options,
    ApiThreads threads,
    ErrorAnswers errors,
    BodyReader bodies) {
  /// Answers a request at once, generating nothing: JSON for JSON.
  ///
  /// @param answer the answer to a body; called on a prompt thread
  public Mono<Void> answer(ServerWebExchange exchange, Function<byte[], byte[]> answer) {
    ServerHttpResponse response = exchange.getResponse();
    return bodies
        .read(exchange, answer)
        .flatMap(body -> {
          response.setStatusCode(HttpStatus.OK);
          response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
          response.getHeaders().setContentLength(body.length);
          return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
        });
  }
}
