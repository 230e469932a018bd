package io.fiddler.ops.access;

import io.fiddler.ops.Problem;
import io.fiddler.usage.StoreFlush;
import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.Actor;
import io.fiddler.usage.access.KeyAdministration;
import io.fiddler.usage.access.KeyForm;
import io.fiddler.usage.access.KeyUsageReports;
import io.fiddler.usage.access.NameTakenException;
import io.fiddler.usage.access.UnknownKeyException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/keys`: `GET` lists keys, `POST` makes one and shows its text, once;
/// `/actuator/keys/{id}`: `GET` shows one with what it has used, `POST` changes it or does the
/// `action` named (`rotate`, `disable`, `enable`), `DELETE` disables it. Rows of keys stay, for
/// what was recorded with them.
@Endpoint(id = "keys")
final class KeysEndpoint {
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(2);

  private final KeyAdministration administration;
  private final KeyUsageReports usage;
  private final StoreFlush store;
  private final Clock clock;

  KeysEndpoint(
      KeyAdministration administration, KeyUsageReports usage, StoreFlush store, Clock clock) {
    this.administration = administration;
    this.usage = usage;
    this.store = store;
    this.clock = clock;
  }

  /// Keys by name.
  private record KeyList(List<KeyView> keys) {}

  @ReadOperation
  WebEndpointResponse<Object> keys() {
    return answer(() -> new KeyList(administration.list().stream().map(KeyView::of).toList()));
  }

  @ReadOperation
  WebEndpointResponse<Object> key(@Selector String id) {
    return answer(() -> {
      store.flush(FLUSH_TIMEOUT); // shows the latest requests too
      return KeyView.of(
          administration.find(id), null, usage.usage(id, Instant.EPOCH, clock.instant()));
    });
  }

  /// Makes one.
  @WriteOperation
  WebEndpointResponse<Object> create(
      @Nullable String name,
      @Nullable String tenant,
      @Nullable List<String> scopes,
      @Nullable String requestsPerMinute,
      @Nullable String tokensPerMinute,
      @Nullable String concurrentRequests,
      @Nullable String monthlyTokens,
      @Nullable String priority,
      @Nullable String maxContext,
      @Nullable String expiresAt,
      String by,
      String source) {
    KeyForm form =
        new KeyForm(
            name,
            tenant,
            scopes,
            requestsPerMinute,
            tokensPerMinute,
            concurrentRequests,
            monthlyTokens,
            priority,
            maxContext,
            expiresAt);
    return answer(() -> KeyView.of(administration.create(form.settings(), new Actor(by, source))));
  }

  /// Changes one.
  ///
  /// @param action `change` if left out
  /// @param grace how long the present secret still counts after `rotate`; not at all if left out
  @WriteOperation
  WebEndpointResponse<Object> change(
      @Selector String id,
      @Nullable String action,
      @Nullable String grace,
      @Nullable String name,
      @Nullable String tenant,
      @Nullable List<String> scopes,
      @Nullable String requestsPerMinute,
      @Nullable String tokensPerMinute,
      @Nullable String concurrentRequests,
      @Nullable String monthlyTokens,
      @Nullable String priority,
      @Nullable String maxContext,
      @Nullable String expiresAt,
      String by,
      String source) {
    KeyForm form =
        new KeyForm(
            name,
            tenant,
            scopes,
            requestsPerMinute,
            tokensPerMinute,
            concurrentRequests,
            monthlyTokens,
            priority,
            maxContext,
            expiresAt);
    Actor actor = new Actor(by, source);
    return answer(() ->
        switch (action) {
          case null -> KeyView.of(administration.change(id, form::over, actor));
          case "change" -> KeyView.of(administration.change(id, form::over, actor));
          case "disable" -> KeyView.of(administration.disable(id, true, actor));
          case "enable" -> KeyView.of(administration.disable(id, false, actor));
          case "rotate" ->
              KeyView.of(administration.rotate(id, KeyForm.duration("grace", grace), actor));
          default ->
              throw new IllegalArgumentException(
                  "action must be change, rotate, disable or enable, got " + action);
        });
  }

  @DeleteOperation
  WebEndpointResponse<Object> disable(@Selector String id, String by, String source) {
    return answer(() -> KeyView.of(administration.disable(id, true, new Actor(by, source))));
  }

  private static WebEndpointResponse<Object> answer(Supplier<Object> operation) {
    try {
      return new WebEndpointResponse<>(operation.get());
    } catch (UnknownKeyException e) {
      return Problem.notFound(e.getMessage());
    } catch (NameTakenException e) {
      return Problem.conflict(e.getMessage());
    } catch (StoreUnavailableException e) {
      return Problem.unavailable(e.getMessage());
    } catch (IllegalArgumentException e) {
      return Problem.badRequest(e.getMessage());
    }
  }
}
