package io.fiddler.usage.access.limit;

import io.fiddler.usage.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

/// A database that is left alone for a while when it did not answer, so that not each request of
/// each key waits for it. Any thread.
final class SparedStore {
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final InstantSource clock;
  private volatile Instant aloneUntil = Instant.MIN;

  SparedStore(InstantSource clock) {
    this.clock = clock;
  }

  /// What it answers.
  ///
  /// @throws StoreUnavailableException if it does not, or did not a moment ago
  <T> T ask(Supplier<T> question) {
    if (clock.instant().isBefore(aloneUntil)) {
      throw new StoreUnavailableException("the database did not answer a moment ago", null);
    }
    try {
      return question.get();
    } catch (StoreUnavailableException e) {
      aloneUntil = clock.instant().plus(RETRY);
      throw e;
    }
  }

  /// Tells it something.
  ///
  /// @throws StoreUnavailableException if it does not answer, or did not a moment ago
  void tell(Runnable news) {
    ask(() -> {
      news.run();
      return news;
    });
  }
}
