package io.fiddler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;

/// The paths and methods that router functions name, read from how their predicates print.
final class RoutePaths implements RouterFunctions.Visitor {
  private static final Pattern PATH = Pattern.compile("(/[^\\s&|()]*)");
  private static final Pattern METHOD =
      Pattern.compile("\\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\\b");

  private final List<Found> found = new ArrayList<>();

  /// @param methods empty for all
  record Found(String path, Set<String> methods) {}

  List<Found> found() {
    return found;
  }

  @Override
  public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
    String text = predicate.toString();
    Set<String> methods = new TreeSet<>();
    for (Matcher matcher = METHOD.matcher(text); matcher.find(); ) {
      methods.add(matcher.group(1));
    }
    for (Matcher matcher = PATH.matcher(text); matcher.find(); ) {
      if (!text.startsWith("application", Math.max(0, matcher.start() - 11))) {
        found.add(new Found(matcher.group(1), methods));
      }
    }
  }

  @Override
  public void startNested(RequestPredicate predicate) {
    throw new AssertionError("nested routes: join their paths here, got " + predicate);
  }

  @Override
  public void endNested(RequestPredicate predicate) {}

  @Override
  public void resources(Function<ServerRequest, Mono<Resource>> lookup) {
    throw new AssertionError("resources have no paths to look at");
  }

  @Override
  public void attributes(Map<String, Object> attributes) {}

  @Override
  public void unknown(RouterFunction<?> other) {
    throw new AssertionError("unknown routes: " + other);
  }
}
