package io.fiddler.api.generation.answer;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.generation.run.GenerationGroup;
import io.fiddler.api.generation.run.RequestAccount;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/// Writes the answer to a call, whole or streamed as it asks for.
public final class AnswerWriter {
  private final GenerationCall call;
  private final AnswerFormat format;
  private final RequestAccount account;
  private final LongSupplier placement;
  private final Function<Throwable, ApiError> late;

  /// @param format the bodies of the answer
  /// @param placement the version of the placement in force now
  /// @param late the answer to a failure after the headers have gone
  public AnswerWriter(
      GenerationCall call,
      AnswerFormat format,
      RequestAccount account,
      LongSupplier placement,
      Function<Throwable, ApiError> late) {
    this.call = call;
    this.format = format;
    this.account = account;
    this.placement = placement;
    this.late = late;
  }

  /// Runs the generations and answers; cancelling this cancels them.
  ///
  /// @param threads where tokens become text and JSON
  public Mono<Void> write(
      ServerHttpResponse response, GenerationGroup generations, Scheduler threads) {
    AnswerRun run = new AnswerRun(call, generations::cancel, account);
    Envelopes envelopes = new Envelopes(account, call);
    if (call.settings().stream()) {
      return new StreamedAnswer(
              format, envelopes, run, account, call.settings().includeUsage(), placement)
          .write(response, generations.events(threads), late);
    }
    return new WholeAnswer(format, envelopes, run, account, call.numTexts())
        .write(response, generations.events(threads));
  }
}
