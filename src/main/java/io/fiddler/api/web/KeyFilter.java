package io.fiddler.api.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.api.error.ApiError;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Lets through who shows the key; only its digest is kept, and compared in constant time.
final class KeyFilter implements WebFilter {
  private static final String SCHEME = "Bearer ";

  private final byte[] digest;
  private final Set<String> openPaths;

  KeyFilter(String key, Set<String> openPaths) {
    this.digest = sha256(key);
    this.openPaths = openPaths;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    // The raw path: whatever is spelled differently is not open.
    if (openPaths.contains(exchange.getRequest().getPath().value())) {
      return chain.filter(exchange);
    }
    String sent = bearer(exchange.getRequest().getHeaders());
    if (sent == null) {
      return refused("missing_api_key", "An API key is required: Authorization: Bearer <key>");
    }
    if (!MessageDigest.isEqual(digest, sha256(sent))) {
      return refused("invalid_api_key", "The API key is not known");
    }
    return chain.filter(exchange);
  }

  private static @Nullable String bearer(HttpHeaders headers) {
    String value = headers.getFirst(HttpHeaders.AUTHORIZATION);
    return value != null && value.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? value.substring(SCHEME.length()).strip()
        : null;
  }

  private static Mono<Void> refused(String code, String message) {
    return Mono.error(
        ApiError.refused(401, null, code, message)
            .with(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"fiddler\"")
            .asException());
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
