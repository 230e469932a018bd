package io.fiddler.api.web;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Reads the bodies of requests: each up to a limit, and all of them up to another.
public final class BodyReader {
  private final int maxBytes;
  private final BodyBudget budget;
  private final Scheduler readers;

  /// @param maxBytes most bytes of a body
  /// @param budget of all bodies
  /// @param readers where bodies become what they say
  public BodyReader(int maxBytes, BodyBudget budget, Scheduler readers) {
    this.maxBytes = maxBytes;
    this.budget = budget;
    this.readers = readers;
  }

  /// What the body of a request says; 413 if it is too large, 429 if there are too many.
  ///
  /// @param read what a body says, empty if there is none; called on the readers' threads
  public <T> Mono<T> read(ServerWebExchange exchange, Function<byte[], T> read) {
    return Mono.defer(() -> {
      BodyBudget.Share share = budget.new Share();
      return bytes(exchange, share)
          .publishOn(readers)
          .map(FatalErrors.guarded(read))
          // Read or in vain, before anybody hears of it: who tries again finds room.
          .doOnTerminate(share::giveBack)
          .doOnCancel(share::giveBack);
    });
  }

  private Mono<byte[]> bytes(ServerWebExchange exchange, BodyBudget.Share share) {
    if (exchange.getRequest().getHeaders().getContentLength() > maxBytes) {
      return Mono.error(tooLarge());
    }
    return DataBufferUtils.join(
            exchange.getRequest().getBody().doOnNext(buffer -> taken(buffer, share)), maxBytes)
        .onErrorMap(DataBufferLimitException.class, _ -> tooLarge())
        .map(BodyReader::bytes)
        .defaultIfEmpty(new byte[0]);
  }

  private void taken(DataBuffer buffer, BodyBudget.Share share) {
    if (!share.take(buffer.readableByteCount())) {
      DataBufferUtils.release(buffer);
      throw ApiError.overloaded(
              "The bodies of all requests together take more than %d bytes (fiddler.api.max-body-memory); try again later"
                  .formatted(budget.maxBytes()))
          .asException();
    }
  }

  private ApiException tooLarge() {
    return ApiError.refused(
            413,
            null,
            "request_too_large",
            "The body must have at most %d bytes".formatted(maxBytes))
        .asException();
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }
}
