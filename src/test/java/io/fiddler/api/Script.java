package io.fiddler.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.engine.FinishReason;

/// How a scripted generation goes. Runs on the step thread.
@FunctionalInterface
interface Script {
  /// Drives the run from its first step to its end.
  void run(ScriptedRun run) throws InterruptedException;

  /// Called when the run is submitted; may refuse it.
  default void onSubmit(ScriptedRun run) {}

  /// Letters that depend on the seed and, at temperature 0, on nothing; never an end token.
  static Script seededLetters() {
    return run -> {
      run.prefill();
      for (int i = 0; run.goesOn(); i++) {
        double temperature = run.sampling().temperature();
        long seed = temperature == 0 ? 0 : run.sampling().seed();
        run.token('a' + (int) Math.floorMod((seed + i) * 7 + seed * i * 3, 26L));
      }
      run.finish(FinishReason.LENGTH);
    };
  }

  /// A text, byte by byte, then the end token.
  static Script text(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return run -> {
      run.prefill();
      for (int i = 0; i < bytes.length && run.goesOn(); i++) {
        run.token(bytes[i] & 0xff);
      }
      run.finish(run.goesOn() ? FinishReason.STOP : FinishReason.LENGTH);
    };
  }

  /// `before`, then waits until somebody cancels.
  static Script stall(Script before) {
    return run -> {
      before.run(run);
      run.awaitCancelled();
      run.finish(FinishReason.CANCELLED);
    };
  }

  /// Refuses every submission.
  static Script refuse(Throwable refusal) {
    return new Script() {
      @Override
      public void run(ScriptedRun run) {}

      @Override
      public void onSubmit(ScriptedRun run) {
        Script.<RuntimeException>throwAny(refusal);
      }
    };
  }

  /// Errors too, as a broken class path would.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void throwAny(Throwable failure) throws T {
    throw (T) failure;
  }
}
