package io.fiddler.api.web;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

/// Turns errors that Reactor holds to be fatal to the JVM (a missing class or native function, an
/// exhausted stack) into ordinary failures. Reactor throws them past every operator into whatever
/// runs the thread, so that nothing answered and the client waited for ever.
///
/// As a filter it catches them wherever a request's work goes: on the connection's thread, and on
/// any scheduler that it is handed to, such as the one that Actuator's operations run on. Where the
/// work comes from a thread that knows of no request, as the engine's does, and where a failure has
/// to take its ordinary way through the operators, there is [#guarded].
public final class FatalErrors implements WebFilter, Ordered, AutoCloseable {
  /// Under which Reactor looks for what to do with the errors of one subscription that come when
  /// nobody listens any more.
  private static final String ON_DROPPED = "reactor.onErrorDropped.local";

  // Of this server alone: a JVM may have several, and each takes only its own net away.
  private final String hook = FatalErrors.class.getName() + "#" + System.identityHashCode(this);

  /// Spans the net; closing takes it away.
  public FatalErrors() {
    Schedulers.onScheduleHook(hook, RequestScope::carried);
  }

  @Override
  public void close() {
    Schedulers.resetOnScheduleHook(hook);
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 1;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return Mono.create(sink -> {
      RequestScope scope = new RequestScope(failure -> sink.error(asException(failure)));
      ServerWebExchange scoped =
          exchange.mutate().request(new ScopedRequest(exchange.getRequest(), scope)).build();
      AtomicBoolean left = new AtomicBoolean();
      sink.onCancel(() -> left.set(true));
      scope.run(() ->
          sink.onDispose(
              chain
                  .filter(scoped)
                  // Nobody is there to be answered: it would be logged as an error dropped.
                  // A body that is cut off may tell of it before the connection does.
                  .onErrorComplete(failure ->
                      ErrorAnswers.isClientGone(failure)
                          || (left.get() && !ErrorAnswers.isOurFault(exchange, failure)))
                  .subscribe(
                      _ -> {},
                      sink::error,
                      sink::success,
                      Context.of(sink.contextView())
                          .put(ON_DROPPED, (Consumer<Throwable>) FatalErrors::dropped))));
    });
  }

  /// That a client left a request that was already answered is nobody's fault.
  private static void dropped(Throwable failure) {
    if (!ErrorAnswers.isClientGone(failure)) {
      Operators.onErrorDropped(failure, Context.empty());
    }
  }

  /// `function`, failing with an exception where it would have failed with an error.
  public static <T, R> Function<T, R> guarded(Function<T, R> function) {
    return argument -> {
      try {
        return function.apply(argument);
      } catch (LinkageError | VirtualMachineError e) {
        throw asException(e);
      }
    };
  }

  /// `failure` if it is an exception, else one that has it as its cause.
  public static RuntimeException asException(Throwable failure) {
    return failure instanceof RuntimeException exception
        ? exception
        : new FatalErrorException(failure);
  }

  private static final class ScopedRequest extends ServerHttpRequestDecorator {
    private final RequestScope scope;

    ScopedRequest(ServerHttpRequest request, RequestScope scope) {
      super(request);
      this.scope = scope;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return scope.around(super.getBody());
    }
  }

  /// A fatal error as an exception.
  static final class FatalErrorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FatalErrorException(Throwable cause) {
      super(cause.toString(), cause);
    }
  }
}
