package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.engine.EngineStatus.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadMeterTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong clock = new AtomicLong(-3 * SECOND);
  private final Seen seen = new Seen();
  private final LoadMeter meter = new LoadMeter("reading weights", 0.2, 0.8, seen, clock::get);

  @Test
  void rateAndTimeLeft_areThoseOfTheBytesMoved() {
    assertThat(seen.transfers).containsExactly((Transfer) null);
    clock.addAndGet(2 * SECOND);
    meter.at(10_000_000_000L, 40_000_000_000L);

    Transfer transfer = seen.transfers.getLast();
    assertThat(transfer.gigabytesPerSecond()).isEqualTo(5, within(1e-9));
    assertThat(transfer.secondsLeft()).isEqualTo(6, within(1e-9));
    assertThat(transfer).hasToString("10.0 of 40.0 GB, 5.0 GB/s, 6 s left");
    assertThat(seen.progress.getLast()).isEqualTo(0.35, within(1e-9));
  }

  @Test
  void progress_neverGoesBack_whenNumbersComeLate() {
    clock.addAndGet(SECOND);
    meter.at(20, 100);
    meter.at(10, 100);
    meter.at(100, 100);
    assertThat(seen.progress).containsExactly(0.2, 0.2 + (0.8 - 0.2) * 0.2, 0.8);
    assertThat(seen.transfers.getLast().secondsLeft()).isZero();
  }

  @Test
  void rate_isLeftOut_whenNoTimeHasPassed() {
    meter.at(500_000_000, 1_000_000_000);
    assertThat(seen.transfers.getLast()).hasToString("0.5 of 1.0 GB");
    assertThat(seen.transfers.getLast().secondsLeft()).isInfinite();
  }

  private static final class Seen implements PhaseProgress {
    final List<Double> progress = new ArrayList<>();
    final List<@Nullable Transfer> transfers = new ArrayList<>();

    @Override
    public void at(String phase, double done) {
      throw new AssertionError("a meter says how many bytes");
    }

    @Override
    public void at(String phase, double done, @Nullable Transfer transfer) {
      assertThat(phase).isEqualTo("reading weights");
      progress.add(done);
      transfers.add(transfer);
    }
  }
}
