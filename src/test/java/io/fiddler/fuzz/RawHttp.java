package io.fiddler.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Sends bytes and reads whatever comes until the connection is closed.
record RawHttp(URI service, int limitMillis) {
  /// What came.
  ///
  /// @param status 0 if nothing did
  /// @param headers by name in lower case
  record Answer(int status, Map<String, String> headers, String body) {}

  /// @throws java.net.SocketTimeoutException if nothing comes within the limit
  Answer send(byte[] request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(service.getHost(), service.getPort()), limitMillis);
      socket.setSoTimeout(limitMillis);
      try {
        socket.getOutputStream().write(request);
      } catch (IOException e) {
        // Answered before all was sent, as a body over the limit is.
      }
      return parsed(read(socket));
    }
  }

  private static byte[] read(Socket socket) throws IOException {
    var in = socket.getInputStream();
    var bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        bytes.write(buffer, 0, n);
      }
    } catch (SocketException e) {
      // Reset behind the answer.
    }
    return bytes.toByteArray();
  }

  private static Answer parsed(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    int end = text.indexOf("\r\n\r\n");
    if (!text.startsWith("HTTP/1.1 ") || end < 0) {
      return new Answer(0, Map.of(), text);
    }
    Map<String, String> headers = new TreeMap<>();
    text.substring(0, end)
        .lines()
        .skip(1)
        .forEach(line -> {
          int colon = line.indexOf(':');
          headers.put(
              line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
        });
    return new Answer(Integer.parseInt(text.substring(9, 12)), headers, text.substring(end + 4));
  }
}
