package io.fiddler.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.locks.LockSupport;

/// A connection that a test can cut off at any moment.
final class RawConnection implements AutoCloseable {
  private static final int RECEIVE_BUFFER_BYTES = 4096;

  private final Socket socket;

  private RawConnection(Socket socket) {
    this.socket = socket;
  }

  /// Sends a completion request; single quotes in `json` stand for double ones.
  static RawConnection complete(int port, String json) throws IOException {
    return post(port, "/v1/completions", json);
  }

  /// Sends a body; single quotes in `json` stand for double ones.
  static RawConnection post(int port, String path, String json) throws IOException {
    String body = json.replace('\'', '"');
    String head =
        """
        POST %s HTTP/1.1\r
        Host: localhost:%d\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        """
            .formatted(path, port, body.getBytes(UTF_8).length);
    return send(port, head + body);
  }

  /// Sends a text as it is.
  static RawConnection send(int port, String text) throws IOException {
    Socket socket = new Socket();
    // Little is taken of an answer that nobody reads.
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(10_000);
    RawConnection connection = new RawConnection(socket);
    connection.send(text);
    return connection;
  }

  /// Sends more.
  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
  }

  /// Whether the server ends the connection, cleanly or not; reads until then.
  boolean isClosedByServer() throws IOException {
    try {
      while (socket.getInputStream().read() >= 0) {}
      return true;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (SocketException _) {
      return true;
    }
  }

  /// Reads until the server closes the connection.
  String readAll() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  /// Reads until `text` has come.
  String readUntil(String text) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new AssertionError("the connection ended before \"" + text + "\": " + seen);
      }
      seen.append((char) next);
    }
    return seen.toString();
  }

  /// Reads a piece, lets more come, and so on, until `end`; false if nothing comes any more.
  boolean readInPieces(String end) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] piece = new byte[1 << 15];
    String tail = "";
    try {
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        tail += new String(piece, 0, n, UTF_8);
        tail = tail.substring(Math.max(0, tail.length() - 2 * end.length()));
        if (tail.contains(end)) {
          return true;
        }
        LockSupport.parkNanos(100_000);
      }
      return false;
    } catch (SocketTimeoutException _) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
