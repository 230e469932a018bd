package io.fiddler;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.reactive.function.server.RouterFunction;

/// What a router routes, as `POST /v1/completions`: of each route that names both a method and a
/// path, as the router prints them. Those that only refuse other methods name none, and HEAD comes
/// with GET.
final class ServedRoutes {
  private static final Pattern PATH = Pattern.compile("(/[^ )]*)");
  private static final Pattern METHOD = Pattern.compile("\\b(GET|POST|PUT|DELETE|PATCH)\\b");

  private ServedRoutes() {}

  static Set<String> of(RouterFunction<?> router) {
    Set<String> routes = new TreeSet<>();
    for (String route : router.toString().lines().toList()) {
      String predicate = route.split(" -> ", -1)[0];
      Matcher path = PATH.matcher(predicate);
      Matcher method = METHOD.matcher(predicate);
      if (path.find() && method.find()) {
        routes.add(method.group() + " " + path.group().replace("{*", "{"));
      }
    }
    return routes;
  }
}
