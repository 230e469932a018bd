package io.fiddler.ops.access;

import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Lets a key's scopes be a JSON list. Actuator reads bodies as texts only and refuses lists before
/// the endpoint sees them; here they become texts with commas.
final class ListsInBodies implements WebFilter, Ordered {
  private static final int MOST_BYTES = 64 << 10;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String path;

  /// @param path of the endpoint
  ListsInBodies(String path) {
    this.path = path;
  }

  /// After the rules of access.
  @Override
  public int getOrder() {
    return -40;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    String sent = request.getPath().value();
    if (!request.getMethod().equals(HttpMethod.POST)
        || !(sent.equals(path) || sent.startsWith(path + "/"))) {
      return chain.filter(exchange);
    }
    return DataBufferUtils.join(request.getBody(), MOST_BYTES)
        .map(ListsInBodies::flattened)
        .defaultIfEmpty(new byte[0])
        .flatMap(body ->
            chain.filter(
                exchange.mutate().request(new Flattened(request, body, exchange)).build()));
  }

  private static byte[] flattened(DataBuffer buffer) {
    byte[] body = new byte[buffer.readableByteCount()];
    buffer.read(body);
    DataBufferUtils.release(buffer);
    try {
      if (JSON.readTree(body) instanceof ObjectNode fields) {
        for (String name : fields.propertyNames().toArray(String[]::new)) {
          if (fields.get(name).isArray()) {
            fields.put(name, text(fields.get(name)));
          }
        }
        return JSON.writeValueAsBytes(fields);
      }
    } catch (JacksonException e) {
      return body; // Actuator says that it is no JSON.
    }
    return body;
  }

  private static String text(JsonNode list) {
    return String.join(
        ",",
        list.valueStream()
            .map(each -> each.isString() ? each.stringValue() : each.toString())
            .toList());
  }

  private static final class Flattened extends ServerHttpRequestDecorator {
    private final byte[] body;
    private final ServerWebExchange exchange;
    private final HttpHeaders headers;

    Flattened(ServerHttpRequest request, byte[] body, ServerWebExchange exchange) {
      super(request);
      this.body = body;
      this.exchange = exchange;
      this.headers = new HttpHeaders(request.getHeaders());
      headers.remove(HttpHeaders.TRANSFER_ENCODING);
      headers.setContentLength(body.length);
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return body.length == 0
          ? Flux.empty()
          : Flux.just(exchange.getResponse().bufferFactory().wrap(body));
    }
  }
}
