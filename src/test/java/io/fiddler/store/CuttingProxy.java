package io.fiddler.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// A way to the database that can be cut, around a COMMIT if asked to.
public final class CuttingProxy implements AutoCloseable {
  /// Where to cut the next COMMIT.
  public enum Cut {
    /// Nowhere.
    NONE,
    /// The server never sees it.
    BEFORE_COMMIT,
    /// The server has done it, and its answer is lost.
    AFTER_COMMIT
  }

  private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NONE);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ServerSocket listener;
  private final String host;
  private final int port;
  private final Semaphore answers = new Semaphore(1);
  private volatile boolean down;
  private volatile boolean downAfterCut;

  /// In front of `target`.
  public CuttingProxy(TestDatabase target) throws IOException {
    URI server = URI.create(target.url().substring("jdbc:".length()));
    host = server.getHost();
    port = server.getPort();
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// Where to connect to.
  public int port() {
    return listener.getLocalPort();
  }

  /// Cuts once, at the next COMMIT.
  public void cut(Cut where) {
    next.set(where);
  }

  /// The next cut is the begin of an outage, until {@link #up}.
  public void downAfterCut() {
    downAfterCut = true;
  }

  /// Whether the last cut asked for was made.
  public boolean hasCut() {
    return next.get() == Cut.NONE;
  }

  /// Waits until the last cut asked for was made; the server has answered if it was to.
  public void awaitCut() {
    long deadline = System.nanoTime() + TestStore.PATIENCE.toNanos();
    while (!hasCut()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("no COMMIT came to be cut");
      }
      Thread.onSpinWait();
    }
  }

  /// Cuts all connections and lets none through, until {@link #up}.
  public void down() throws IOException {
    down = true;
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /// Lets connections through again.
  public void up() {
    down = false;
    downAfterCut = false;
  }

  /// Lets no answer through until {@link #release}: a server that has all it needs and is slow.
  public void hold() {
    answers.acquireUninterruptibly();
  }

  /// Lets answers through again.
  public void release() {
    answers.release();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (down) {
          client.close();
          continue;
        }
        Socket server = new Socket(host, port);
        sockets.add(client);
        sockets.add(server);
        if (down) {
          // The outage began meanwhile, perhaps before it could have seen these.
          client.close();
          server.close();
          continue;
        }
        Thread.ofVirtual().start(() -> forwardToServer(client, server));
        Thread.ofVirtual().start(() -> forwardToClient(server, client));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void endOthers(Socket client, Socket server) throws IOException {
    if (downAfterCut) {
      down = true;
      for (Socket socket : sockets) {
        if (!socket.equals(client) && !socket.equals(server)) {
          socket.close();
        }
      }
    }
  }

  private void forwardToServer(Socket client, Socket server) {
    try (client;
        server) {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        boolean commit = new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains("COMMIT");
        if (commit && next.compareAndSet(Cut.BEFORE_COMMIT, Cut.NONE)) {
          endOthers(client, server);
          return;
        }
        if (commit && next.get() == Cut.AFTER_COMMIT) {
          // From here on the client hears nothing; the other direction closes on the answer.
          endOthers(client, server);
          client.shutdownOutput();
        }
        out.write(buffer, 0, n);
        if (client.isOutputShutdown()) {
          awaitAnswer(server);
          return;
        }
      }
    } catch (IOException cut) {
      // Either side may close at any time: that is what this proxy is for.
    }
  }

  /// The client, who hears nothing more, may go before the server has done it.
  private void awaitAnswer(Socket server) {
    while (next.get() == Cut.AFTER_COMMIT && !server.isClosed()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void forwardToClient(Socket server, Socket client) {
    try (client;
        server) {
      InputStream in = server.getInputStream();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (client.isOutputShutdown()) {
          next.compareAndSet(Cut.AFTER_COMMIT, Cut.NONE);
          return;
        }
        answers.acquireUninterruptibly();
        try {
          client.getOutputStream().write(buffer, 0, n);
        } finally {
          answers.release();
        }
      }
    } catch (IOException cut) {
      // As above.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    down();
  }
}
