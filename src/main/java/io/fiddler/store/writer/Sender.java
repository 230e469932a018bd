package io.fiddler.store.writer;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Waits for the database on a thread of its own, so that what comes in meanwhile can be saved by
/// the one that does not wait.
final class Sender implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("store-sender").daemon().factory());

  /// Begins with `work`.
  ///
  /// @param whenDone told on the sender's thread
  <T> CompletableFuture<T> send(Callable<T> work, Runnable whenDone) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    thread.execute(() -> {
      try {
        answer.complete(work.call());
      } catch (Exception | Error e) {
        answer.completeExceptionally(e);
      }
      whenDone.run();
    });
    return answer;
  }

  /// The answer of finished work, or its failure.
  static <T> T answer(CompletableFuture<T> done) throws Exception {
    try {
      return done.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case Exception failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }

  /// Waits for nothing: what is under way may end or not.
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
