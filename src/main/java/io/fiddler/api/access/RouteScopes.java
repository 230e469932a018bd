package io.fiddler.api.access;

import io.fiddler.usage.access.Scope;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/// Which scope a request needs. Paths are matched as the router matches them; what is not named
/// here needs `admin`, so that a route somebody adds is closed until he says who may use it.
final class RouteScopes {
  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);
  private static final List<PathPattern> INFERENCE =
      patterns("/v1/**", "/tokenize", "/detokenize", "/apply-template");
  private static final List<PathPattern> KEYS = patterns("/actuator/keys/**");
  private static final List<PathPattern> OPERATIONS = patterns("/actuator/**", "/dashboard/stream");

  private final Set<String> openPaths;

  /// @param openPaths paths that need none; the raw ones: whatever is spelled differently is not
  ///   open
  RouteScopes(Set<String> openPaths) {
    this.openPaths = openPaths;
  }

  /// Whether a request needs no key.
  boolean isOpen(ServerHttpRequest request) {
    return openPaths.contains(request.getPath().value());
  }

  /// The scopes of which a key must have one; empty if none is needed.
  Optional<Set<Scope>> needed(ServerHttpRequest request) {
    return isOpen(request)
        ? Optional.empty()
        : Optional.of(needed(request.getMethod(), request.getPath().pathWithinApplication()));
  }

  /// Whether it is for having text generated, or for what belongs to that.
  boolean isInference(ServerHttpRequest request) {
    return matches(INFERENCE, request.getPath().pathWithinApplication());
  }

  private static Set<Scope> needed(HttpMethod method, PathContainer path) {
    if (matches(INFERENCE, path)) {
      return EnumSet.of(Scope.INFERENCE);
    }
    if (matches(OPERATIONS, path) && !matches(KEYS, path) && READS.contains(method)) {
      return EnumSet.of(Scope.READ, Scope.ADMIN);
    }
    return EnumSet.of(Scope.ADMIN);
  }

  private static boolean matches(List<PathPattern> patterns, PathContainer path) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(path));
  }

  private static List<PathPattern> patterns(String... patterns) {
    return List.of(patterns).stream().map(PathPatternParser.defaultInstance::parse).toList();
  }
}
