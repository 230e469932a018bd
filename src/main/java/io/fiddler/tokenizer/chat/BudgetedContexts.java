package io.fiddler.tokenizer.chat;

import org.mozilla.javascript.Context;
import org.mozilla.javascript.ContextFactory;

/// Makes contexts that stop a script when its time is over. One for each scope: the deadline is
/// that of the one call that runs in it.
final class BudgetedContexts extends ContextFactory {
  private static final int INSTRUCTIONS_BETWEEN_LOOKS = 10_000;
  private static final int MAX_FRAMES = 5_000;

  private long deadlineNanos;

  /// From now on, scripts have so much time.
  void allow(long nanos) {
    deadlineNanos = System.nanoTime() + nanos;
  }

  @Override
  protected Context makeContext() {
    Context context = super.makeContext();
    context.setLanguageVersion(Context.VERSION_ECMASCRIPT);
    // Counts instructions, and makes no classes.
    context.setInterpretedMode(true);
    context.setInstructionObserverThreshold(INSTRUCTIONS_BETWEEN_LOOKS);
    context.setMaximumInterpreterStackDepth(MAX_FRAMES);
    return context;
  }

  @Override
  protected void observeInstructionCount(Context context, int instructions) {
    if (System.nanoTime() - deadlineNanos > 0) {
      throw new OutOfTime();
    }
  }

  /// An error, so that no `catch` of a script stops it.
  static final class OutOfTime extends Error {
    private static final long serialVersionUID = 1;

    OutOfTime() {
      super("out of time", null, false, false);
    }
  }
}
