package io.fiddler.usage.access.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.usage.StoreUnavailableException;
import io.fiddler.usage.access.limit.LimitPool.Claim;
import io.fiddler.usage.access.limit.LimitPool.Lot;
import io.fiddler.usage.access.limit.LimitPool.Taken;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A database that is away for a while, and what it is told when it returns.
final class EnduringPoolTest {
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final Claim MONTH = new Claim("one", LimitKind.MONTH, 1_000, 100, 100);

  private final TestClock clock = new TestClock();

  @Test
  @Timeout(30)
  void month_isToldOnce_whenTwoFindTheDatabaseBack() throws InterruptedException {
    SlowPool shared = new SlowPool(clock);
    EnduringPool pool = new EnduringPool(shared, clock);
    shared.counted.down(true);
    pool.take(MONTH);
    shared.counted.down(false);
    clock.pass(PAUSE);

    Thread first = Thread.ofPlatform().start(() -> pool.take(MONTH));
    shared.begun.await();
    pool.take(MONTH);
    shared.goOn.countDown();
    first.join();

    assertThat(shared.told).hasValue(100);
  }

  @Test
  void month_isOwedStill_whenItCouldNotBeTold() {
    CountedPool shared = new CountedPool(clock);
    EnduringPool pool = new EnduringPool(shared, clock);
    shared.down(true);
    pool.take(MONTH);

    assertThatThrownBy(pool::settle).isInstanceOf(StoreUnavailableException.class);

    shared.down(false);
    clock.pass(PAUSE);
    assertThat(pool.take(MONTH).lot().alone()).isFalse();
    assertThat(shared.toldOfMonths()).isEqualTo(100);
    pool.settle();
    assertThat(shared.toldOfMonths()).isEqualTo(100);
  }

  @Test
  void minutesAndMonths_areDropped_whenTheyAreOver() {
    LonePool pool = new LonePool(clock);
    for (int i = 0; i < 100; i++) {
      pool.take(new Claim("key-" + i, LimitKind.MONTH, 1_000, 100, 100));
      pool.take(new Claim("key-" + i, LimitKind.TOKENS, 1_000, 100, 100));
    }
    assertThat(pool.size()).isEqualTo(200);
    clock.pass(Duration.ofMinutes(2));
    pool.forget();
    assertThat(pool.size()).as("the month goes on").isEqualTo(100);
    clock.pass(Duration.ofDays(31));
    pool.forget();
    assertThat(pool.size()).isZero();
  }

  /// Takes its time over being told of a month, the first time.
  private static final class SlowPool implements LimitPool {
    private final CountedPool counted;
    private final AtomicLong told = new AtomicLong();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    SlowPool(TestClock clock) {
      this.counted = new CountedPool(clock);
    }

    @Override
    public Taken take(Claim claim) {
      return counted.take(claim);
    }

    @Override
    public void giveBack(String keyId, LimitKind kind, Lot lot, long units) {
      boolean isFirst = begun.getCount() > 0;
      told.addAndGet(-units);
      begun.countDown();
      try {
        if (isFirst) {
          goOn.await();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
