package io.fiddler.bench;

import io.fiddler.bench.profile.Profiler.Progress;
import java.util.function.Consumer;

/// Tells every few seconds how far profiling is.
final class ProfileLines implements Consumer<Progress> {
  private static final long EVERY_NANOS = 2_000_000_000L;

  private final int prompts;
  private final Console console;
  private final long start = System.nanoTime();
  private long lastNanos = start;
  private Progress last = new Progress(0, 0, 0);

  ProfileLines(int prompts, Console console) {
    this.prompts = prompts;
    this.console = console;
  }

  @Override
  public void accept(Progress progress) {
    last = progress;
    long now = System.nanoTime();
    if (progress.prompts() == prompts || now - lastNanos >= EVERY_NANOS) {
      lastNanos = now;
      console.say(
          "%6.1f s  %d of %d prompts, %d tokens read, %d generated",
          (now - start) / 1e9,
          progress.prompts(),
          prompts,
          progress.promptTokens(),
          progress.completionTokens());
    }
  }

  Progress last() {
    return last;
  }
}
