package io.fiddler.api.completion.answer;

import io.fiddler.api.completion.request.CompletionCall;
import io.fiddler.api.completion.run.GenerationGroup;
import io.fiddler.api.completion.run.RequestAccount;
import io.fiddler.api.error.ApiError;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Writes the answer to a completion call, in the form that it asks for.
public final class AnswerWriter {
  private final CompletionCall call;
  private final RequestAccount account;
  private final LongSupplier placement;
  private final Function<Throwable, ApiError> late;

  /// @param placement the version of the placement in force now
  /// @param late the answer to a failure after the headers have gone
  public AnswerWriter(
      CompletionCall call,
      RequestAccount account,
      LongSupplier placement,
      Function<Throwable, ApiError> late) {
    this.call = call;
    this.account = account;
    this.placement = placement;
    this.late = late;
  }

  /// Runs the generations and answers; cancelling this cancels them.
  ///
  /// @param threads where tokens become text and JSON
  public Mono<Void> write(
      ServerHttpResponse response, GenerationGroup generations, Scheduler threads) {
    CompletionRun run = new CompletionRun(call, generations::cancel, account);
    CompletionAnswer answer = new CompletionAnswer(account, call);
    if (call.request().stream()) {
      return new StreamedAnswer(answer, run, account, call.request().includeUsage(), placement)
          .write(response, generations.events(threads), late);
    }
    return new WholeAnswer(answer, run, account, call.request().numChoices())
        .write(response, generations.events(threads));
  }
}
