package io.fiddler.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// An HTTP request as bytes, which no client library would send.
final class FuzzRequest {
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FROB");
  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "application/x-www-form-urlencoded",
          "application/json; charset=utf-16",
          "multipart/form-data; boundary=x",
          "application/vnd.spring-boot.actuator.v3+json",
          "nonsense",
          "*/*",
          "");
  private static final List<String> TAILS =
      List.of(
          "/",
          "/x",
          "//",
          "/%00",
          "/%2e%2e/",
          "/..;/",
          "?a=b",
          "?limit=-1",
          "?by=x&from=y",
          "?version=99999999999999999999",
          "/🎻",
          "%",
          "?%",
          ";a=b");
  private static final int MANY = 6_000;

  String method;
  String path;
  final Map<String, String> headers = new LinkedHashMap<>();
  byte[] body;
  private @Nullable String length;
  private boolean chunked;

  FuzzRequest(String method, String path, byte[] body) {
    this.method = method;
    this.path = path;
    this.body = body;
    headers.put("Host", "127.0.0.1");
    headers.put("Connection", "close");
    headers.put("Content-Type", "application/json");
  }

  /// Spoils it.
  void mutate(SplittableRandom random) {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4 -> body = new JsonMutation(random).of(text()).getBytes(UTF_8);
      case 5, 6 -> body = new ByteMutation(random).of(body, 256);
      case 7 -> method = METHODS.get(random.nextInt(METHODS.size()));
      case 8 -> path = path + TAILS.get(random.nextInt(TAILS.size()));
      case 9 -> header(random);
      case 10 -> framing(random);
      default -> wrap(random);
    }
  }

  private void header(SplittableRandom random) {
    switch (random.nextInt(9)) {
      case 0 -> headers.put("Content-Type", TYPES.get(random.nextInt(TYPES.size())));
      case 1 -> headers.remove("Content-Type");
      case 2 -> headers.put("Accept", TYPES.get(random.nextInt(TYPES.size())));
      case 3 -> headers.put("Content-Encoding", random.nextBoolean() ? "gzip" : "identity");
      case 4 -> headers.put("Authorization", "Bearer " + "k".repeat(random.nextInt(200)));
      case 5 -> headers.put("Host", random.nextBoolean() ? "evil.example" : "");
      case 6 -> headers.put("Origin", random.nextBoolean() ? "null" : "http://evil.example");
      case 7 -> headers.put("X-Request-Id", "é".repeat(random.nextInt(200)));
      default -> headers.put("X-Long", "x".repeat(random.nextInt(MANY)));
    }
  }

  /// A body that is shorter than announced, announced in odd ways, or not at all.
  private void framing(SplittableRandom random) {
    switch (random.nextInt(4)) {
      case 0 -> length = Integer.toString(body.length + random.nextInt(1, 100));
      case 1 -> length = Integer.toString(random.nextInt(body.length + 1));
      case 2 -> chunked = true;
      default -> length = "";
    }
  }

  /// The body deep within something else.
  private void wrap(SplittableRandom random) {
    int depth = random.nextInt(1, 3_000);
    String open = random.nextBoolean() ? "[" : "{\"prompt\":";
    body = (open.repeat(depth) + text()).getBytes(UTF_8);
  }

  private String text() {
    return new String(body, UTF_8);
  }

  /// What is sent.
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    StringBuilder head = new StringBuilder(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (chunked) {
      head.append("Transfer-Encoding: chunked\r\n");
    } else if (length == null) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    } else if (!length.isEmpty()) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    bytes.writeBytes(
        head.append("\r\n").toString().getBytes(path.contains("🎻") ? UTF_8 : ISO_8859_1));
    if (chunked && body.length > 0) {
      bytes.writeBytes("%x\r\n".formatted(body.length).getBytes(UTF_8));
    }
    bytes.writeBytes(body);
    if (chunked) {
      bytes.writeBytes((body.length > 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n").getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    String shown = text();
    return "%s %s %s length=%s%s%n    %s"
        .formatted(
            method,
            path,
            headers.toString().replaceAll("x{100,}", "x..."),
            length,
            chunked ? " chunked" : "",
            shown.length() > 600 ? shown.substring(0, 600) + "..." : shown);
  }
}
