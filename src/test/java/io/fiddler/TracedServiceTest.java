package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Traces of real completions at a collector.
final class TracedServiceTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";
  private static final String PROMPT = "Call me Ishmael.";
  private static final String COMPLETION =
      "{\"prompt\":\"" + PROMPT + "\",\"max_tokens\":4,\"ignore_eos\":true,\"temperature\":0}";

  @TempDir Path home;

  @Test
  void spans_haveTheRightParentsAndTimes_ofARequestThatBelongsToATrace() throws Exception {
    try (SpanReceiver receiver = new SpanReceiver()) {
      Instant before = Instant.now();
      String answer;
      // Closing it sends the last spans.
      try (RunningService service = start(receiver)) {
        answer = post(service, COMPLETION, "00-" + TRACE + "-" + CALLER + "-01");
      }
      Map<String, Span> spans = byName(receiver.spans());

      assertThat(spans).containsOnlyKeys("POST /v1/completions", "queue", "prefill", "decode");
      Span request = Objects.requireNonNull(spans.get("POST /v1/completions"));
      Span queue = Objects.requireNonNull(spans.get("queue"));
      Span prefill = Objects.requireNonNull(spans.get("prefill"));
      Span decode = Objects.requireNonNull(spans.get("decode"));
      assertThat(spans.values())
          .allSatisfy(span -> assertThat(SpanReceiver.hex(span.getTraceId())).isEqualTo(TRACE));
      assertThat(SpanReceiver.hex(request.getParentSpanId())).isEqualTo(CALLER);
      assertThat(request.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
      assertThat(List.of(queue, prefill, decode))
          .allSatisfy(phase -> assertThat(phase.getParentSpanId()).isEqualTo(request.getSpanId()));

      assertThat(request.getStartTimeUnixNano())
          .isBetween(nanos(before), queue.getStartTimeUnixNano());
      assertThat(queue.getEndTimeUnixNano()).isEqualTo(prefill.getStartTimeUnixNano());
      assertThat(prefill.getEndTimeUnixNano())
          .isGreaterThan(prefill.getStartTimeUnixNano())
          .isEqualTo(decode.getStartTimeUnixNano());
      assertThat(decode.getEndTimeUnixNano())
          .isGreaterThan(decode.getStartTimeUnixNano())
          .isLessThanOrEqualTo(request.getEndTimeUnixNano());
      assertThat(request.getEndTimeUnixNano()).isLessThanOrEqualTo(nanos(Instant.now()));

      assertThat(text(request, "gen_ai.request.model")).isEqualTo("tiny-moe");
      assertThat(text(request, "gen_ai.operation.name")).isEqualTo("text_completion");
      assertThat(number(request, "gen_ai.usage.output_tokens")).isEqualTo(4);
      assertThat(number(request, "http.response.status_code")).isEqualTo(200);
      assertThat(value(request, "gen_ai.response.finish_reasons").getArrayValue())
          .satisfies(
              reasons -> assertThat(reasons.getValues(0).getStringValue()).isEqualTo("length"));
      assertThat(number(prefill, "gen_ai.usage.input_tokens"))
          .isEqualTo(number(request, "gen_ai.usage.input_tokens"))
          .isPositive();
      assertThat(number(decode, "fiddler.placement.version")).isPositive();
      assertThat(value(decode, "fiddler.hit_rate").getDoubleValue()).isBetween(0.0, 1.0);

      assertThat(Objects.requireNonNull(receiver.resource().get("service.name")).getStringValue())
          .isEqualTo("fiddler");
      assertThat(receiver.keys()).containsOnly("secret");
      assertThat(answer).contains("\"text\"");
      assertThat(receiver.text()).doesNotContain("Ishmael");
    }
  }

  @Test
  void spans_areOfTheirOwnTrace_withTheErrorAndWithoutItsText_whenRequestsFail() throws Exception {
    try (SpanReceiver receiver = new SpanReceiver()) {
      try (RunningService service = start(receiver)) {
        post(service, "{\"prompt\":\"" + PROMPT + "\",\"n\":\"a-private-value\"}", "nonsense");
        post(service, COMPLETION, "00-" + TRACE + "-" + CALLER + "-00");
      }

      assertThat(receiver.spans())
          .as("the caller of the second keeps no trace")
          .singleElement()
          .satisfies(span -> {
            assertThat(span.getParentSpanId().isEmpty()).isTrue();
            assertThat(number(span, "http.response.status_code")).isEqualTo(400);
            assertThat(text(span, "error.type")).isEqualTo("400");
            assertThat(span.getStatus().getCode())
                .as("the client's fault is not the server's")
                .isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
          });
      assertThat(receiver.text()).doesNotContain("a-private-value").doesNotContain("Ishmael");
    }
  }

  @Test
  void nothingIsTraced_unlessThereIsAnEndpoint() throws IOException {
    // The driver of the browser's tests traces in this JVM, too.
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    try (RunningService service =
        RunningService.start(home, TestDatabase.create(), "--fiddler.device.kind=none")) {
      service.complete(PROMPT);

      assertThat(Thread.getAllStackTraces().keySet())
          .filteredOn(thread -> !before.contains(thread))
          .extracting(Thread::getName)
          .noneMatch(name -> name.contains("BatchSpanProcessor"));
    }
  }

  private RunningService start(SpanReceiver receiver) {
    return RunningService.start(
        home,
        TestDatabase.create(),
        "--fiddler.device.kind=emulated",
        "--fiddler.device.experts=12",
        // Boot's own names do, too.
        "--management.opentelemetry.tracing.export.otlp.endpoint=" + receiver.endpoint(),
        "--fiddler.telemetry.headers=x-key=secret");
  }

  private static String post(RunningService service, String json, String traceparent)
      throws IOException, InterruptedException {
    URI uri = service.root().resolve("/v1/completions");
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(uri)
                  .header("Content-Type", "application/json")
                  .header("traceparent", traceparent)
                  .POST(HttpRequest.BodyPublishers.ofString(json))
                  .build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  private static Map<String, Span> byName(List<Span> spans) {
    return spans.stream().collect(Collectors.toMap(Span::getName, span -> span));
  }

  private static AnyValue value(Span span, String name) {
    return Objects.requireNonNull(
        SpanReceiver.attributes(span.getAttributesList()).get(name), name);
  }

  private static String text(Span span, String name) {
    return value(span, name).getStringValue();
  }

  private static long number(Span span, String name) {
    return value(span, name).getIntValue();
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
