package io.fiddler.page;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.web.reactive.function.server.RequestPredicates.methods;

import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// Answers with files. A known path with another method gets an answer that says so.
public final class FileRoutes {
  private final StaticFiles files;
  private final PageHeaders headers;

  private FileRoutes(StaticFiles files, PageHeaders headers) {
    this.files = files;
    this.headers = headers;
  }

  /// Serves `files` at `patterns`; what is asked for there and is not among them is not found.
  public static RouterFunction<ServerResponse> of(
      StaticFiles files, PageHeaders headers, String... patterns) {
    FileRoutes routes = new FileRoutes(files, headers);
    RequestPredicate paths =
        Arrays.stream(patterns)
            .map(RequestPredicates::path)
            .reduce(RequestPredicate::or)
            .orElseThrow();
    return RouterFunctions.route()
        .route(paths.and(methods(GET, HEAD)), routes::file)
        .route(paths, FileRoutes::methodNotAllowed)
        .build();
  }

  private Mono<ServerResponse> file(ServerRequest request) {
    String path = request.requestPath().pathWithinApplication().value();
    Optional<String> page = files.pageWithoutSlash(path);
    if (page.isPresent()) {
      // Relative, since pages name their files so: a proxy may have put them somewhere else.
      return ServerResponse.permanentRedirect(URI.create(".." + page.get())).build();
    }
    return files
        .at(path)
        .map(file -> answer(request, file))
        .orElseGet(() ->
            Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND, "no such file: " + path)));
  }

  private Mono<ServerResponse> answer(ServerRequest request, StaticFile file) {
    headers.set(request.exchange().getResponse().getHeaders());
    return request
        .checkNotModified(file.etag())
        .switchIfEmpty(
            Mono.defer(() ->
                ServerResponse.ok()
                    .contentType(file.type())
                    .header(HttpHeaders.ETAG, file.etag())
                    .contentLength(file.content().length)
                    .bodyValue(file.content())));
  }

  private static Mono<ServerResponse> methodNotAllowed(ServerRequest request) {
    return Mono.error(new MethodNotAllowedException(request.method(), Set.of(GET, HEAD)));
  }
}
