package io.fiddler.api.web;

import io.fiddler.api.error.ApiError;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Without keys the service is for this machine, and a browser on it must not become somebody
/// else's arm or eye: whatever holds data needs a local Host (no rebound DNS name). A write needs a
/// local Origin, too, if one is sent (no foreign page), and if it can have a content, JSON (what a
/// foreign page's form cannot send without asking first, as it would have to for any other method).
public final class LocalFilter implements WebFilter {
  private static final String LOCAL = "(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?";
  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
  private static final Set<HttpMethod> WITH_CONTENT =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);
  private static final Pattern HOST = Pattern.compile(LOCAL, Pattern.CASE_INSENSITIVE);
  private static final Pattern ORIGIN =
      Pattern.compile("https?://" + LOCAL, Pattern.CASE_INSENSITIVE);

  private final Set<String> openPaths;

  /// @param openPaths paths that may be read under any name: they hold no data, and probes ask for
  ///   them by address
  public LocalFilter(Set<String> openPaths) {
    this.openPaths = openPaths;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    boolean read = READS.contains(request.getMethod());
    if (read && openPaths.contains(request.getPath().value())) {
      return chain.filter(exchange);
    }
    HttpHeaders headers = request.getHeaders();
    List<String> hosts = headers.getOrEmpty(HttpHeaders.HOST);
    if (hosts.size() != 1 || !HOST.matcher(hosts.getFirst()).matches()) {
      return refused("Host", hosts);
    }
    if (read) {
      return chain.filter(exchange);
    }
    List<String> origins = headers.getOrEmpty(HttpHeaders.ORIGIN);
    if (!origins.stream().allMatch(origin -> ORIGIN.matcher(origin).matches())) {
      return refused("Origin", origins);
    }
    MediaType type = contentType(headers);
    if (WITH_CONTENT.contains(request.getMethod()) && (type == null || !isJson(type))) {
      return Mono.error(
          new UnsupportedMediaTypeStatusException(type, List.of(MediaType.APPLICATION_JSON)));
    }
    return chain.filter(exchange);
  }

  private static @Nullable MediaType contentType(HttpHeaders headers) {
    try {
      return headers.getContentType();
    } catch (InvalidMediaTypeException e) {
      return null;
    }
  }

  private static boolean isJson(MediaType type) {
    return type.isCompatibleWith(MediaType.APPLICATION_JSON)
        || (type.getType().equals("application") && type.getSubtype().endsWith("+json"));
  }

  private static Mono<Void> refused(String header, List<String> got) {
    String value = got.isEmpty() ? "none" : "\"" + String.join("\", \"", got) + "\"";
    return Mono.error(
        ApiError.refused(
                403,
                null,
                "not_local",
                "%s must name this machine (localhost, 127.0.0.1 or [::1]) while no API key is configured, got %s"
                    .formatted(header, value))
            .asException());
  }
}
