package io.fiddler.api.web;

import java.util.function.Function;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/// Turns errors that Reactor holds to be fatal to the JVM (a missing class or native function, an
/// exhausted stack) into ordinary failures. Reactor would throw them past every operator, so that
/// nothing answered and the client waited for ever.
///
/// As a filter it catches what a handler throws while it is called. What runs later, on another
/// thread, needs [#guarded].
public final class FatalErrors implements WebFilter, Ordered {
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE + 1;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return Mono.create(sink -> {
      try {
        Disposable running =
            chain
                .filter(exchange)
                .subscribe(_ -> {}, sink::error, sink::success, Context.of(sink.contextView()));
        sink.onDispose(running);
      } catch (LinkageError | VirtualMachineError e) {
        sink.error(asException(e));
      }
    });
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

  /// A fatal error as an exception.
  static final class FatalErrorException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FatalErrorException(Throwable cause) {
      super(cause.toString(), cause);
    }
  }
}
