package io.fiddler.api.web;

import io.fiddler.api.error.ApiError;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/// Lets the service end without cutting anybody off: from {@link #drain} on, new work is answered
/// with 503 while what was accepted before is answered to its end. The port stays open meanwhile,
/// so that a client or a proxy that has not noticed yet is told, and health and metrics still can
/// be read.
public final class Draining implements WebFilter, Ordered {
  private static final Set<HttpMethod> READS =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  /// After Spring Security's filters (-100): who may not ask learns nothing, and holds up nothing.
  private static final int ORDER = -90;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int running;
  private boolean draining;

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (READS.contains(exchange.getRequest().getMethod())) {
      return chain.filter(exchange);
    }
    return Mono.defer(
        () -> begin() ? chain.filter(exchange).doFinally(_ -> end()) : refused(exchange));
  }

  private static Mono<Void> refused(ServerWebExchange exchange) {
    // The next request had better go to another replica.
    exchange.getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
    return Mono.error(
        ApiError.unavailable(
                "shutting_down", "The service is shutting down and takes no new requests")
            .asException());
  }

  private boolean begin() {
    lock.lock();
    try {
      if (!draining) {
        running++;
      }
      return !draining;
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      running--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Requests being answered, reads left out.
  public int running() {
    lock.lock();
    try {
      return running;
    } finally {
      lock.unlock();
    }
  }

  /// Refuses new work for good and waits until what runs has ended. Blocking.
  ///
  /// @param limit how long to wait
  /// @return requests that still run
  /// @throws InterruptedException if nobody wants to wait any more
  public int drain(Duration limit) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      draining = true;
      long left = limit.toNanos();
      while (running > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return running;
    } finally {
      lock.unlock();
    }
  }
}
