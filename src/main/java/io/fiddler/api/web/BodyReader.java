package io.fiddler.api.web;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ApiException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/// Reads the bodies of requests up to a limit.
public final class BodyReader {
  private final int maxBytes;

  /// @param maxBytes most bytes of a body
  public BodyReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// The body of a request, empty if it has none; 413 if it is too large.
  public Mono<byte[]> of(ServerWebExchange exchange) {
    if (exchange.getRequest().getHeaders().getContentLength() > maxBytes) {
      return Mono.error(tooLarge());
    }
    return DataBufferUtils.join(exchange.getRequest().getBody(), maxBytes)
        .onErrorMap(DataBufferLimitException.class, _ -> tooLarge())
        .map(BodyReader::bytes)
        .defaultIfEmpty(new byte[0]);
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
