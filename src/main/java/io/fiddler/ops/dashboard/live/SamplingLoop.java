package io.fiddler.ops.dashboard.live;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Samples every second. Stops before the web server does, whose graceful end would otherwise wait
/// for streams that never end.
final class SamplingLoop implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(SamplingLoop.class);

  private final Runnable sample;
  private final LiveFeed feed;
  private @Nullable ScheduledExecutorService thread;
  private boolean failing;

  SamplingLoop(Runnable sample, LiveFeed feed) {
    this.sample = sample;
    this.feed = feed;
  }

  @Override
  public synchronized void start() {
    if (thread == null) {
      ScheduledExecutorService started =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().name("fiddler-dashboard").daemon().factory());
      // With a fixed delay a paused process does not make up for the seconds it missed.
      var _ = started.scheduleWithFixedDelay(this::takeOne, 0, 1, TimeUnit.SECONDS);
      thread = started;
    }
  }

  private void takeOne() {
    try {
      sample.run();
      failing = false;
    } catch (RuntimeException e) {
      // Once, not every second.
      if (!failing) {
        LOG.warn("The dashboard gets no live values: {}", e.toString(), e);
      }
      failing = true;
    }
  }

  @Override
  public synchronized void stop() {
    ScheduledExecutorService running = thread;
    if (running != null) {
      running.shutdown();
      thread = null;
    }
    feed.end();
  }

  @Override
  public synchronized boolean isRunning() {
    return thread != null;
  }

  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }

  /// A stream that has ended does not begin again.
  @Override
  public boolean isPauseable() {
    return false;
  }
}
