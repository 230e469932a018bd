package io.fiddler.api.web;

import io.fiddler.engine.Origin;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/// Who sent a request.
///
/// @param keyId public part of the key that was shown; null without keys
/// @param tenant whose the request is
/// @param priority in the engine's queue
/// @param maxContext most tokens of prompt and answer together; null for the model's
public record Caller(
    @Nullable String keyId, String tenant, int priority, @Nullable Integer maxContext) {
  /// Somebody on this machine, while there are no keys.
  public static final Caller LOCAL = new Caller(null, Origin.DEFAULT_TENANT, 0, null);

  private static final String ATTRIBUTE = Caller.class.getName();

  /// The caller of a request.
  public static Caller of(ServerWebExchange exchange) {
    Caller caller = exchange.getAttribute(ATTRIBUTE);
    return caller == null ? LOCAL : caller;
  }

  /// Makes it the caller of a request.
  public void sent(ServerWebExchange exchange) {
    exchange.getAttributes().put(ATTRIBUTE, this);
  }

  /// Where its generations come from.
  ///
  /// @param timeout of the request; null for none
  /// @param cacheSpace whom it shares cached prompts with
  public Origin origin(@Nullable Duration timeout, String cacheSpace) {
    return new Origin(tenant, keyId == null ? tenant : keyId, priority, timeout, cacheSpace);
  }
}
