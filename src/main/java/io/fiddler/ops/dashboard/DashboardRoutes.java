package io.fiddler.ops.dashboard;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.web.reactive.function.server.RequestPredicates.methods;
import static org.springframework.web.reactive.function.server.RequestPredicates.path;

import io.fiddler.ops.dashboard.live.LiveFeed;
import io.fiddler.page.FileRoutes;
import io.fiddler.page.PageHeaders;
import io.fiddler.page.StaticFiles;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// The page, its files, its stream.
final class DashboardRoutes {
  /// Where the page is.
  static final String PAGE = "/dashboard";

  private static final String STREAM = PAGE + "/stream";
  private static final String RETRY_AFTER_SECONDS = "30";

  private final LiveFeed feed;

  private DashboardRoutes(LiveFeed feed) {
    this.feed = feed;
  }

  static RouterFunction<ServerResponse> of(StaticFiles files, LiveFeed feed) {
    DashboardRoutes routes = new DashboardRoutes(feed);
    return RouterFunctions.route()
        .route(path(STREAM).and(methods(GET)), routes::stream)
        .build()
        .and(FileRoutes.of(files, PageHeaders.STRICT, PAGE, PAGE + "/{*path}"));
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
