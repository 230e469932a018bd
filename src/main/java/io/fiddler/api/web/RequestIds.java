package io.fiddler.api.web;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Gives every request an id and answers it in `X-Request-Id`: the client's own if it sent a sane
/// one, else the id under which the request is logged.
public final class RequestIds implements WebFilter, Ordered {
  /// The header of both directions.
  public static final String HEADER = "X-Request-Id";

  private static final String LOGGED = RequestIds.class.getName() + ".logged";
  private static final String SHOWN = RequestIds.class.getName() + ".shown";
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    UUID logged = next(System.currentTimeMillis());
    String sent = exchange.getRequest().getHeaders().getFirst(HEADER);
    String shown = sent != null && SANE.matcher(sent).matches() ? sent : logged.toString();
    exchange.getAttributes().put(LOGGED, logged);
    exchange.getAttributes().put(SHOWN, shown);
    exchange.getResponse().getHeaders().set(HEADER, shown);
    return chain.filter(exchange);
  }

  /// The id under which a request is logged; never the client's, so it is unique.
  public static UUID logged(ServerWebExchange exchange) {
    UUID id = exchange.getAttribute(LOGGED);
    if (id == null) {
      throw new IllegalStateException("the request passed no RequestIds filter");
    }
    return id;
  }

  /// The id that the response shows.
  static String shown(ServerWebExchange exchange) {
    @Nullable String id = exchange.getAttribute(SHOWN);
    return id == null ? "unknown" : id;
  }

  /// A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then random ones, so that ids ascend
  /// with time and an index over them grows at its end. It is a name, not a secret: a cryptographic
  /// generator would read a file on the event loop.
  static UUID next(long epochMillis) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long most = (epochMillis << 16) | 0x7000 | random.nextInt(1 << 12);
    long least = (random.nextLong() >>> 2) | Long.MIN_VALUE;
    return new UUID(most, least);
  }
}
