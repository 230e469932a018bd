package io.fiddler.api.web;

import java.time.Duration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// The API's own threads: what takes longer than an event loop may wait, and what the engine's step
/// thread must not do.
public final class ApiThreads implements AutoCloseable {
  private static final int MAX_WAITING_PROMPTS = 1_000;
  private static final int MAX_WAITING_ANSWERS = 100_000;
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

  private final Scheduler prompts;
  private final Scheduler answers;

  /// @param promptThreads how many prompts are read and tokenised at once
  /// @param answerThreads how many threads turn tokens into text and JSON
  public ApiThreads(int promptThreads, int answerThreads) {
    this.prompts =
        Schedulers.newBoundedElastic(promptThreads, MAX_WAITING_PROMPTS, "api-prompt", 60, true);
    this.answers =
        Schedulers.newBoundedElastic(answerThreads, MAX_WAITING_ANSWERS, "api-answer", 60, true);
  }

  /// Where bodies are parsed and prompts tokenised: a megabyte of text takes a while, and must hold
  /// up no other request's tokens.
  public Scheduler prompts() {
    return prompts;
  }

  /// Where tokens become text and JSON, and where requests are logged.
  public Scheduler answers() {
    return answers;
  }

  /// Ends them, once what they have to do is done: the rows of the last requests are among it.
  @Override
  public void close() {
    prompts.dispose();
    answers.disposeGracefully().timeout(LAST_ANSWERS).onErrorComplete().block();
    answers.dispose();
  }
}
