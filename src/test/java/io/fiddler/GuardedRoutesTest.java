package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import io.fiddler.usage.access.Actor;
import io.fiddler.usage.access.KeyAdministration;
import io.fiddler.usage.access.KeyLimits;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.Scope;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.support.RouterFunctionMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;

/// Every route that the running service has, found by asking its router, so that no new one is
/// forgotten.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GuardedRoutesTest {
  private static final String ADMIN = "the-first-administrators-key";

  /// All that may be read without a key: whether the service lives, and files that hold no data.
  private static final List<String> OPEN =
      List.of(
          "/",
          "/chat/**",
          "/docs",
          "/docs/**",
          "/openapi.json",
          "/dashboard",
          "/dashboard/**",
          "/actuator/health/liveness",
          "/actuator/health/readiness");

  private RunningService service;
  private final Map<Scope, String> keys = new EnumMap<>(Scope.class);

  @BeforeAll
  void start(@TempDir Path home) {
    service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=none",
            "--fiddler.security.admin-key=" + ADMIN);
    KeyAdministration administration = service.bean(KeyAdministration.class);
    for (Scope scope : Scope.values()) {
      keys.put(
          scope,
          administration
              .create(
                  new KeySettings(
                      "only-" + scope.text(),
                      "default",
                      EnumSet.of(scope),
                      KeyLimits.NONE,
                      0,
                      null,
                      null),
                  new Actor("test", null))
              .text()
              .text());
    }
  }

  @AfterAll
  void stop() {
    service.close();
  }

  private record Route(String method, String path) {}

  @Test
  void everyRoute_answers401WithoutAKey_and403WithOneOfAnotherScope() {
    Set<String> seen = new TreeSet<>();
    for (Route route : routes()) {
      if (isOpen(route.path)) {
        continue;
      }
      seen.add(route.method + " " + route.path);
      assertThat(status(route, null)).as("%s without a key", route).isEqualTo(401);
      assertThat(status(route, "fdl_aaaaaaaaaaaa_" + "A".repeat(43)))
          .as("%s with a key nobody has", route)
          .isEqualTo(401);
      Set<Scope> needed = needed(route);
      for (Scope scope : EnumSet.complementOf(EnumSet.copyOf(needed))) {
        HttpResponse<String> refused = answer(route, keys.get(scope));
        assertThat(refused.statusCode()).as("%s with %s", route, scope).isEqualTo(403);
        if (!route.method.equals("HEAD")) {
          assertThat(refused.body())
              .contains("insufficient_scope", needed.iterator().next().text());
        }
      }
      // What a route does with a body that says nothing is its own affair.
      if (route.method.equals("GET") && !route.path.endsWith("stream") && !isLong(route)) {
        for (Scope scope : needed) {
          assertThat(status(route, keys.get(scope)))
              .as("%s with %s", route, scope)
              .isNotIn(401, 403);
        }
      }
    }
    assertThat(seen)
        .contains(
            "POST /v1/completions",
            "GET /v1/models",
            "GET /actuator",
            "GET /actuator/prometheus",
            "GET /actuator/sbom",
            "POST /actuator/placement",
            "GET /actuator/keys",
            "POST /actuator/keys/x",
            "DELETE /actuator/keys/x",
            "GET /dashboard/stream");
  }

  @Test
  void whatNobodyNamed_needsAnAdministrator() {
    Route unknown = new Route("GET", "/some/new/route");
    assertThat(status(unknown, null)).isEqualTo(401);
    assertThat(status(unknown, keys.get(Scope.INFERENCE))).isEqualTo(403);
    assertThat(status(unknown, keys.get(Scope.READ))).isEqualTo(403);
    assertThat(status(unknown, keys.get(Scope.ADMIN))).isEqualTo(404);
  }

  @Test
  void probesAndFiles_areOpen() {
    for (String path :
        List.of("/actuator/health/liveness", "/actuator/health/readiness", "/dashboard", "/")) {
      assertThat(status(new Route("GET", path), null)).as(path).isEqualTo(200);
    }
  }

  @Test
  void everyAnswer_tellsBrowsersWhatTheyMustNot() {
    for (Route route :
        List.of(
            new Route("GET", "/v1/models"),
            new Route("GET", "/actuator/health/liveness"),
            new Route("GET", "/nowhere"),
            new Route("POST", "/v1/completions"),
            new Route("GET", "/"),
            new Route("GET", "/dashboard"))) {
      for (String key : List.of(ADMIN, "wrong")) {
        HttpResponse<String> answer = answer(route, key);
        assertThat(answer.headers().firstValue("X-Content-Type-Options"))
            .as("%s", route)
            .hasValue("nosniff");
        assertThat(answer.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
            .hasValueSatisfying(policy ->
                assertThat(policy)
                    .contains("default-src 'none'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe"));
        assertThat(answer.headers().firstValue("Cache-Control"))
            .hasValueSatisfying(value -> assertThat(value).isIn("no-store", "no-cache"));
        assertThat(answer.headers().firstValue("Server")).isEmpty();
        assertThat(answer.headers().firstValue("Strict-Transport-Security"))
            .as("without TLS")
            .isEmpty();
      }
    }
  }

  /// The rule once more in other words than the code's.
  private static Set<Scope> needed(Route route) {
    boolean reads = route.method.equals("GET") || route.method.equals("HEAD");
    if (route.path.startsWith("/actuator/keys")) {
      return EnumSet.of(Scope.ADMIN);
    }
    if (route.path.startsWith("/actuator") || route.path.startsWith("/dashboard")) {
      return reads ? EnumSet.of(Scope.READ, Scope.ADMIN) : EnumSet.of(Scope.ADMIN);
    }
    return EnumSet.of(Scope.INFERENCE);
  }

  private static boolean isLong(Route route) {
    return route.path.endsWith("/trace");
  }

  private static boolean isOpen(String path) {
    return !path.equals("/dashboard/stream")
        && OPEN.stream()
            .anyMatch(open ->
                open.endsWith("/**")
                    ? path.startsWith(open.substring(0, open.length() - 2))
                    : path.equals(open));
  }

  private List<Route> routes() {
    RoutePaths found = new RoutePaths();
    for (RouterFunctionMapping mapping : service.beans(RouterFunctionMapping.class)) {
      RouterFunction<?> functions = mapping.getRouterFunction();
      if (functions != null) {
        functions.accept(found);
      }
    }
    List<Route> routes = new ArrayList<>();
    for (RoutePaths.Found each : found.found()) {
      Set<String> methods = each.methods().isEmpty() ? Set.of("GET", "POST") : each.methods();
      methods.forEach(method -> routes.add(new Route(method, concrete(each.path()))));
    }
    for (RequestMappingInfoHandlerMapping mapping :
        service.beans(RequestMappingInfoHandlerMapping.class)) {
      for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
        Set<?> methods = info.getMethodsCondition().getMethods();
        for (Object pattern : info.getPatternsCondition().getPatterns()) {
          (methods.isEmpty() ? Set.of("GET") : methods)
              .forEach(
                  method -> routes.add(new Route(method.toString(), concrete(pattern.toString()))));
        }
      }
    }
    assertThat(routes).hasSizeGreaterThan(20);
    return routes;
  }

  private static String concrete(String pattern) {
    return pattern
        .replaceAll("/\\{\\*[^}]+}", "/x")
        .replaceAll("\\{[^}]+}", "x")
        .replace("/**", "/x");
  }

  private int status(Route route, @Nullable String key) {
    return answer(route, key).statusCode();
  }

  private HttpResponse<String> answer(Route route, @Nullable String key) {
    return service.send(route.method, route.path, route.method.equals("POST") ? "{}" : null, key);
  }
}
