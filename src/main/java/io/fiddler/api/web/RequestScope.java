package io.fiddler.api.web;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/// All that runs for one request, on whichever threads: what would escape from there into the
/// thread's own handler, and leave the request without an answer, fails the request instead.
///
/// The scope of a thread goes on to what is scheduled from within it ([#carried]) and comes back
/// with the request's body ([#around]), which arrives from the connection.
final class RequestScope {
  private static final ThreadLocal<@Nullable RequestScope> CURRENT = new ThreadLocal<>();

  private final Consumer<Throwable> onEscape;
  private final AtomicBoolean failed = new AtomicBoolean();

  /// @param onEscape told of the first failure that would escape
  RequestScope(Consumer<Throwable> onEscape) {
    this.onEscape = onEscape;
  }

  /// Runs a part of the request. Only a second failure escapes.
  void run(Runnable part) {
    RequestScope outer = CURRENT.get();
    CURRENT.set(this);
    try {
      part.run();
    } catch (Throwable e) {
      if (!failed.compareAndSet(false, true)) {
        throw e;
      }
      onEscape.accept(e);
    } finally {
      if (outer == null) {
        CURRENT.remove();
      } else {
        CURRENT.set(outer);
      }
    }
  }

  /// `task` as part of the request for which this thread works now, if it works for one.
  static Runnable carried(Runnable task) {
    RequestScope scope = CURRENT.get();
    return scope == null ? task : () -> scope.run(task);
  }

  /// `source` with its signals as parts of the request.
  <T> Flux<T> around(Flux<T> source) {
    return source.transform(Operators.<T, T>lift((_, actual) -> new Inside<>(actual)));
  }

  private final class Inside<T> implements CoreSubscriber<T> {
    private final CoreSubscriber<? super T> actual;

    Inside(CoreSubscriber<? super T> actual) {
      this.actual = actual;
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      actual.onSubscribe(subscription);
    }

    @Override
    public void onNext(T item) {
      run(() -> actual.onNext(item));
    }

    @Override
    public void onError(Throwable failure) {
      run(() -> actual.onError(failure));
    }

    @Override
    public void onComplete() {
      run(actual::onComplete);
    }
  }
}
