package io.fiddler.ops.dashboard;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.web.reactive.function.server.RequestPredicates.methods;
import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import io.fiddler.ops.dashboard.live.LiveFeed;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/// The page, its files, its stream.
final class DashboardRoutes {
  static final String STREAM = StaticFiles.PAGE + "/stream";

  private static final String RETRY_AFTER_SECONDS = "30";
  private static final String ALL = StaticFiles.PAGE + "/{*path}";

  private final StaticFiles files;
  private final LiveFeed feed;

  private DashboardRoutes(StaticFiles files, LiveFeed feed) {
    this.files = files;
    this.feed = feed;
  }

  static RouterFunction<ServerResponse> of(StaticFiles files, LiveFeed feed) {
    DashboardRoutes routes = new DashboardRoutes(files, feed);
    return RouterFunctions.route()
        .route(path(STREAM).and(methods(GET)), routes::stream)
        .route(path(StaticFiles.PAGE).or(path(ALL)).and(methods(GET, HEAD)), routes::file)
        .route(path(StaticFiles.PAGE).or(path(ALL)), DashboardRoutes::methodNotAllowed)
        .build();
  }

  private Mono<ServerResponse> stream(ServerRequest request) {
    if (feed.isFull()) {
      return tooManyViewers();
    }
    return ServerResponse.ok()
        .contentType(MediaType.TEXT_EVENT_STREAM)
        .cacheControl(CacheControl.noStore())
        // A proxy that collects the answer first would show nothing.
        .header("X-Accel-Buffering", "no")
        .body(BodyInserters.fromServerSentEvents(feed.events()));
  }

  private Mono<ServerResponse> file(ServerRequest request) {
    String path = request.requestPath().pathWithinApplication().value();
    if (path.equals(StaticFiles.PAGE + "/")) {
      // Relative, since the page names its files so: a proxy may have put it somewhere else.
      return ServerResponse.permanentRedirect(URI.create("../dashboard")).build();
    }
    return files
        .at(path)
        .map(file -> answer(request, file))
        .orElseGet(() ->
            Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND, "no such file: " + path)));
  }

  private static Mono<ServerResponse> answer(ServerRequest request, StaticFile file) {
    PageHeaders.set(request.exchange().getResponse().getHeaders());
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

  private static Mono<ServerResponse> tooManyViewers() {
    return ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
        .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(
            Map.of(
                "error",
                "the dashboard is open in %d places, which is the most: close one"
                    .formatted(LiveFeed.MAX_VIEWERS)));
  }
}
