package io.fiddler.api;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.web.reactive.function.server.RequestPredicates.contentType;
import static org.springframework.web.reactive.function.server.RequestPredicates.method;
import static org.springframework.web.reactive.function.server.RequestPredicates.methods;
import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import io.fiddler.api.chat.TemplateRoute;
import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.GenerationRoute;
import io.fiddler.api.model.ModelsHandler;
import io.fiddler.api.text.TextRoutes;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.publisher.Mono;

/// All routes of the API. A known path with another method, content type or encoding gets an answer
/// that says so. `Accept` is not looked at: there is one form of each answer, and clients that ask
/// for another are better served by it than by a 406.
final class ApiRoutes {
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final String TEMPLATE = "/apply-template";
  private static final String TOKENIZE = "/tokenize";
  private static final String DETOKENIZE = "/detokenize";
  private static final String MODELS = "/v1/models";
  private static final String MODEL = "/v1/models/{*id}";

  private static final String IDENTITY = "identity";

  private ApiRoutes() {}

  static RouterFunction<ServerResponse> of(
      GenerationRoute<?> completions,
      GenerationRoute<?> chat,
      TemplateRoute template,
      TextRoutes text,
      ModelsHandler models) {
    return RouterFunctions.route()
        .add(posted(COMPLETIONS, completions::handle))
        .add(posted(CHAT, chat::handle))
        .add(posted(TEMPLATE, template::handle))
        .add(posted(TOKENIZE, text::tokenize))
        .add(posted(DETOKENIZE, text::detokenize))
        .route(path(MODELS).and(methods(GET, HEAD)), models::list)
        .route(path(MODELS), only(GET, HEAD))
        .route(path(MODEL).and(methods(GET, HEAD)), models::get)
        .route(path(MODEL), only(GET, HEAD))
        .build();
  }

  /// A path that takes JSON by POST and nothing else.
  private static RouterFunction<ServerResponse> posted(
      String path, Function<ServerWebExchange, Mono<Void>> handler) {
    return RouterFunctions.route()
        .route(
            path(path).and(method(POST)).and(contentType(MediaType.APPLICATION_JSON)),
            request ->
                isEncoded(request)
                    ? unsupportedEncoding(request)
                    : ServerResponse.ok().build((exchange, _) -> handler.apply(exchange)))
        .route(path(path).and(method(POST)), ApiRoutes::unsupportedMediaType)
        .route(path(path), only(POST))
        .build();
  }

  private static HandlerFunction<ServerResponse> only(HttpMethod... allowed) {
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

  private static boolean isEncoded(ServerRequest request) {
    return request.headers().header(HttpHeaders.CONTENT_ENCODING).stream()
        .anyMatch(encoding -> !encoding.equalsIgnoreCase(IDENTITY));
  }

  // A small body that unpacks to a huge one is not worth the risk: prompts are small.
  private static Mono<ServerResponse> unsupportedEncoding(ServerRequest request) {
    String got = String.join(", ", request.headers().header(HttpHeaders.CONTENT_ENCODING));
    return Mono.error(
        ApiError.refused(
                415,
                null,
                "unsupported_content_encoding",
                "The body must not be encoded, got Content-Encoding: " + got)
            .with(HttpHeaders.ACCEPT_ENCODING, IDENTITY)
            .asException());
  }
}
