package io.fiddler.api;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.web.reactive.function.server.RequestPredicates.contentType;
import static org.springframework.web.reactive.function.server.RequestPredicates.method;
import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import io.fiddler.api.completion.CompletionsHandler;
import io.fiddler.api.model.ModelsHandler;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.publisher.Mono;

/// All routes of the API. A known path with another method, or another content type, gets an answer
/// that says so.
final class ApiRoutes {
  private static final String COMPLETIONS = "/v1/completions";
  private static final String MODELS = "/v1/models";
  private static final String MODEL = "/v1/models/{*id}";

  private ApiRoutes() {}

  static RouterFunction<ServerResponse> of(CompletionsHandler completions, ModelsHandler models) {
    return RouterFunctions.route()
        .route(
            path(COMPLETIONS).and(method(POST)).and(contentType(MediaType.APPLICATION_JSON)),
            _ -> ServerResponse.ok().build((exchange, _) -> completions.handle(exchange)))
        .route(path(COMPLETIONS).and(method(POST)), ApiRoutes::unsupportedMediaType)
        .route(path(COMPLETIONS), only(POST))
        .route(path(MODELS).and(method(GET)), models::list)
        .route(path(MODELS), only(GET))
        .route(path(MODEL).and(method(GET)), models::get)
        .route(path(MODEL), only(GET))
        .build();
  }

  private static HandlerFunction<ServerResponse> only(HttpMethod allowed) {
    return request -> Mono.error(new MethodNotAllowedException(request.method(), Set.of(allowed)));
  }

  private static Mono<ServerResponse> unsupportedMediaType(ServerRequest request) {
    MediaType got;
    try {
      got = request.headers().contentType().orElse(null);
    } catch (InvalidMediaTypeException e) {
      got = null;
    }
    return Mono.error(
        new UnsupportedMediaTypeStatusException(got, List.of(MediaType.APPLICATION_JSON)));
  }
}
