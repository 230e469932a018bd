package io.fiddler.engine.step;

import io.fiddler.engine.StepReport.Scheduling;
import io.fiddler.scheduler.Scheduler;

/// What a scheduler did since it was looked at last.
final class SchedulerWatch {
  private long setBacks;
  private long cachedTokens;

  Scheduling since(Scheduler scheduler) {
    long setBacksBefore = setBacks;
    long cachedBefore = cachedTokens;
    setBacks = scheduler.setBacks();
    cachedTokens = scheduler.cachedTokens();
    return new Scheduling(
        scheduler.running(),
        scheduler.waiting(),
        setBacks - setBacksBefore,
        cachedTokens - cachedBefore,
        scheduler.blocks() - scheduler.freeBlocks(),
        scheduler.blocks());
  }
}
