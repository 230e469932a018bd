package io.fiddler.api.generation.run;

import io.fiddler.api.access.Allowance;
import io.fiddler.api.generation.request.GenerationCall;
import io.fiddler.api.web.Arrival;
import io.fiddler.api.web.Caller;
import io.fiddler.api.web.RequestLabels;
import io.fiddler.engine.GenerationCosts;
import io.fiddler.engine.GenerationReport;
import io.fiddler.usage.RequestCosts;
import io.fiddler.usage.RequestLog;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.span.EndedRequest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;

/// The account of one HTTP request, written to the request log when the answer has ended *and* the
/// engine has reported on every generation: a client that leaves does not hide what it cost. Of an
/// answer given in full it counts the tokens answered, of any other those that the engine says it
/// generated, and of the prompts those that it read.
public final class RequestAccount {
  private static final Logger LOG = LoggerFactory.getLogger(RequestAccount.class);
  private static final int OK = 200;

  /// nginx's status for a client that closed the connection.
  private static final int CLIENT_CLOSED_REQUEST = 499;

  private static final double NANOS_PER_MILLI = 1e6;

  private final Arrival arrival;
  private final RequestLabels labels;
  private final RequestLog log;
  private final Scheduler logging;
  private final boolean logText;
  private final Caller caller;
  private final Allowance allowance;
  private final AtomicInteger awaited = new AtomicInteger(1);
  private final AtomicBoolean responded = new AtomicBoolean();
  private volatile boolean handedOver;
  private volatile @Nullable Asked asked;
  private volatile @Nullable GenerationCall call;
  private volatile @Nullable String device;
  private volatile ChoiceAccounts choices = new ChoiceAccounts(0, 0, 1);
  private volatile long submitNanos;
  private volatile Response response = new Response(0, null, 0);

  /// @param arrival its beginning
  /// @param labels of the log's lines about it
  /// @param logging where to write the log
  /// @param logText whether prompts and answers go into it
  /// @param caller whose it is
  /// @param allowance hears how many tokens it took
  public RequestAccount(
      Arrival arrival,
      RequestLabels labels,
      RequestLog log,
      Scheduler logging,
      boolean logText,
      Caller caller,
      Allowance allowance) {
    this.caller = caller;
    this.allowance = allowance;
    this.arrival = arrival;
    this.labels = labels;
    this.submitNanos = arrival.startNanos();
    this.log = log;
    this.logging = logging;
    this.logText = logText;
  }

  /// Under which it is logged.
  public UUID id() {
    return arrival.id();
  }

  /// When it arrived.
  public Instant createdAt() {
    return arrival.createdAt();
  }

  /// The body could be read.
  ///
  /// @param stream whether its answer is streamed
  /// @param sampling how it asks for its tokens, as JSON
  public void read(boolean stream, String sampling) {
    asked = new Asked(stream, sampling);
  }

  /// The model can take it.
  public void accepted(GenerationCall accepted, String deviceKind) {
    choices =
        new ChoiceAccounts(
            accepted.numTexts(),
            accepted.numGenerations(),
            accepted.settings().candidates().generations());
    call = accepted;
    device = deviceKind;
    submitNanos = System.nanoTime();
  }

  /// A time counted from submission, counted from the request's arrival.
  public long sinceArrival(long sinceSubmission) {
    return submitNanos - arrival.startNanos() + sinceSubmission;
  }

  /// A generation is about to be submitted: its report will be waited for. False if the request is
  /// over and written down already, so that nothing may be submitted any more.
  boolean submitting() {
    return awaited.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /// It was not.
  void notSubmitted() {
    countDown();
  }

  /// A generation ended. On the step thread.
  void ended(int generation, GenerationReport report) {
    choices.ended(generation, report);
    countDown();
  }

  /// Of several texts, these are the answer.
  public void chosen(List<Integer> texts) {
    choices.chosen(texts);
  }

  /// More of a text was generated.
  ///
  /// @param choice its number
  /// @param text what is new
  /// @param tokensSoFar all that belong to it
  public void produced(int choice, String text, int tokensSoFar) {
    choices.produced(choice, logText ? text : "", tokensSoFar);
  }

  /// A text came to its end.
  ///
  /// @param choice its number
  /// @param reason as the answer says it; null if it goes on after all
  public void finished(int choice, @Nullable String reason) {
    if (reason != null) {
      choices.finished(choice, reason);
    }
  }

  /// The last of the answer is in the connection's hands. A client that leaves from now on, as many
  /// do at the end mark of a stream, has been answered.
  public void handedOver() {
    handedOver = true;
  }

  /// What the engine reported so far.
  public RunTotals totals() {
    return choices.totals();
  }

  /// The answer ended; only the first call counts.
  ///
  /// @param status that of the answer, or what it would have been had a stream not begun already
  public void responded(int status, @Nullable String error) {
    if (responded.compareAndSet(false, true)) {
      response = new Response(status, error, System.nanoTime() - arrival.startNanos());
      countDown();
    }
  }

  /// The connection was closed by the client.
  public void clientGone() {
    if (handedOver) {
      responded(OK, null);
    } else {
      responded(CLIENT_CLOSED_REQUEST, "The client closed the connection");
    }
  }

  private void countDown() {
    if (awaited.decrementAndGet() > 0) {
      return;
    }
    allowance.settle(promptTokens() + choices.totals().completionTokens());
    try {
      logging.schedule(this::over);
    } catch (RejectedExecutionException _) {
      // The service is closing: nobody is held up any more.
      over();
    }
  }

  private void over() {
    RequestRecord record = record();
    log.append(record);
    GenerationCall ran = call;
    arrival
        .trace()
        .end(
            new EndedRequest(
                record, ran == null ? null : ran.modelName(), choices.ended(sinceArrival(0))));
    if (LOG.isDebugEnabled()) {
      labels.around(() ->
          LOG.debug(
              "{} answered with {} after {} ms: {} tokens of prompts, {} generated",
              record.route(),
              record.status(),
              Math.round(record.totalMillis()),
              record.promptTokens(),
              record.completionTokens()));
    }
  }

  private RequestRecord record() {
    Asked read = asked;
    GenerationCall ran = call;
    RunTotals totals = choices.totals();
    Long firstTokenNanos = totals.firstTokenNanos();
    return new RequestRecord(
        arrival.id(),
        arrival.createdAt(),
        caller.tenant(),
        ran == null ? null : ran.model().fingerprint(),
        arrival.route(),
        read != null && read.stream,
        response.status,
        promptTokens(),
        response.status == OK ? choices.tokensAnswered() : totals.completionTokens(),
        totals.queueNanos() / NANOS_PER_MILLI,
        firstTokenNanos == null ? null : sinceArrival(firstTokenNanos) / NANOS_PER_MILLI,
        response.totalNanos / NANOS_PER_MILLI,
        finishReason(ran != null),
        read == null ? "{}" : read.sampling,
        device,
        totals.firstPlacementVersion(),
        totals.lastPlacementVersion(),
        totals.hitRate(),
        response.error,
        logText && ran != null ? promptText(ran) : null,
        logText && ran != null ? choices.output() : null,
        caller.keyId(),
        costs(totals.costs()));
  }

  /// Tokens of the prompts that were read: of others nothing is charged.
  private int promptTokens() {
    GenerationCall ran = call;
    return ran == null ? 0 : choices.promptTokens(ran.prompts());
  }

  private static RequestCosts costs(GenerationCosts costs) {
    return new RequestCosts(
        costs.cachedPromptTokens(), costs.hostNanos() / NANOS_PER_MILLI, costs.streamedBytes());
  }

  private static String promptText(GenerationCall ran) {
    return ran.prompts().stream().map(ran::textOf).collect(Collectors.joining("\n"));
  }

  private @Nullable String finishReason(boolean ran) {
    if (!ran) {
      return null;
    }
    return switch (response.status) {
      case OK -> choices.finishReason();
      case CLIENT_CLOSED_REQUEST -> "cancelled";
      default -> choices.timedOut() ? "timeout" : "error";
    };
  }

  private record Asked(boolean stream, String sampling) {}

  private record Response(int status, @Nullable String error, long totalNanos) {}
}
