package io.fiddler;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/// A collector of spans: OTLP over HTTP, on a port of its own.
final class SpanReceiver implements AutoCloseable {
  private final HttpServer server;
  private final ConcurrentLinkedQueue<ExportTraceServiceRequest> requests =
      new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> keys = new ConcurrentLinkedQueue<>();

  SpanReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
          requests.add(read(zipped ? unzipped(body) : body));
          keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("x-key")));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  private static byte[] unzipped(byte[] body) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }

  private static ExportTraceServiceRequest read(byte[] body) throws InvalidProtocolBufferException {
    return ExportTraceServiceRequest.parseFrom(body);
  }

  /// Where to send spans.
  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  /// What came.
  List<Span> spans() {
    return requests.stream()
        .flatMap(request -> request.getResourceSpansList().stream())
        .flatMap(resource -> resource.getScopeSpansList().stream())
        .flatMap(scope -> scope.getSpansList().stream())
        .toList();
  }

  /// Of the process that sent it.
  Map<String, AnyValue> resource() {
    return attributes(
        requests.stream()
            .findFirst()
            .orElseThrow()
            .getResourceSpans(0)
            .getResource()
            .getAttributesList());
  }

  /// The header x-key of each delivery.
  List<String> keys() {
    return List.copyOf(keys);
  }

  /// Everything that came, as text.
  String text() {
    return requests.toString();
  }

  static Map<String, AnyValue> attributes(List<KeyValue> attributes) {
    return attributes.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
  }

  static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
