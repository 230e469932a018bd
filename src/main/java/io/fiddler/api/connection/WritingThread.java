package io.fiddler.api.connection;

import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/// The thread that writes to a response's connection.
///
/// What is written and flushed piece by piece has to arrive on it: Reactor Netty puts a flush
/// behind each piece by `Flux.concat`, whose subscriber loses demand that one thread declares while
/// another one subscribes with its first. The connection's demand comes from this thread, so pieces
/// from any other one could leave a stream hanging for ever (seen with reactor-core 3.8.8; its
/// `request` reads the demand and the present source, then adds to the demand, and does not notice
/// that the source is another one by then if the demand has come back to what it was).
public final class WritingThread {
  private WritingThread() {}

  /// Of a response that Reactor Netty serves.
  public static Scheduler of(ServerHttpResponse response) {
    HttpServerResponse served = ServerHttpResponseDecorator.getNativeResponse(response);
    AtomicReference<Scheduler> thread = new AtomicReference<>();
    served.withConnection(
        connection -> thread.set(Schedulers.fromExecutor(connection.channel().eventLoop())));
    return thread.get();
  }
}
