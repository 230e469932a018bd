package io.fiddler.ops.span;

import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.span.EndedGeneration;
import io.fiddler.usage.span.EndedRequest;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What spans say, in the names of OpenTelemetry's conventions for
/// [HTTP](https://opentelemetry.io/docs/specs/semconv/http/http-spans/) and [generative
/// AI](https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/), else in our own. Never a
/// prompt or an answer, and no error's text, which may quote them.
final class SpanAttributes {
  private static final int FIRST_ERROR = 400;
  private static final String CHAT = "/v1/chat/completions";

  private SpanAttributes() {}

  /// Of the span of a request.
  static Attributes of(String method, EndedRequest request) {
    RequestRecord record = request.record();
    AttributesBuilder attributes =
        Attributes.builder()
            .put("http.request.method", method)
            .put("http.route", record.route())
            .put("url.path", record.route())
            .put("http.response.status_code", record.status())
            .put("gen_ai.operation.name", CHAT.equals(record.route()) ? "chat" : "text_completion")
            .put("gen_ai.provider.name", "fiddler")
            .put("gen_ai.usage.input_tokens", record.promptTokens())
            .put("gen_ai.usage.output_tokens", record.completionTokens())
            .put("gen_ai.usage.cache_read.input_tokens", record.costs().cachedPromptTokens())
            .put("fiddler.request.id", record.id().toString())
            .put("fiddler.tenant", record.tenant())
            .put("fiddler.stream", record.stream())
            .put("fiddler.cost.cpu_millis", record.costs().hostMillis())
            .put("fiddler.cost.streamed_bytes", record.costs().streamedBytes());
    if (record.status() >= FIRST_ERROR) {
      attributes.put("error.type", String.valueOf(record.status()));
    }
    put(attributes, "gen_ai.request.model", request.model());
    put(attributes, "gen_ai.response.model", request.model());
    if (record.finishReason() != null) {
      attributes.put(
          AttributeKey.stringArrayKey("gen_ai.response.finish_reasons"),
          List.of(record.finishReason()));
    }
    put(attributes, "fiddler.device", record.device());
    put(attributes, "fiddler.hit_rate", record.hitRate());
    put(attributes, "fiddler.placement.first_version", record.firstPlacementVersion());
    put(attributes, "fiddler.placement.version", record.lastPlacementVersion());
    return attributes.build();
  }

  /// Of the span of a phase of a generation.
  static Attributes of(String phase, EndedGeneration generation) {
    AttributesBuilder attributes =
        Attributes.builder().put("fiddler.generation", generation.number());
    switch (phase) {
      case "prefill" -> {
        attributes.put("gen_ai.usage.input_tokens", generation.promptTokens());
        attributes.put("gen_ai.usage.cache_read.input_tokens", generation.cachedTokens());
        attributes.put("fiddler.placement.version", generation.firstPlacementVersion());
        put(attributes, "fiddler.hit_rate", generation.prefillHitRate());
      }
      case "decode" -> {
        attributes.put("gen_ai.usage.output_tokens", generation.completionTokens());
        attributes.put("fiddler.finish_reason", generation.finishReason());
        attributes.put("fiddler.placement.version", generation.lastPlacementVersion());
        put(attributes, "fiddler.hit_rate", generation.decodeHitRate());
      }
      default -> {}
    }
    return attributes.build();
  }

  private static void put(AttributesBuilder attributes, String name, @Nullable String value) {
    if (value != null) {
      attributes.put(name, value);
    }
  }

  private static void put(AttributesBuilder attributes, String name, @Nullable Double value) {
    if (value != null) {
      attributes.put(name, value.doubleValue());
    }
  }

  private static void put(AttributesBuilder attributes, String name, @Nullable Long value) {
    if (value != null) {
      attributes.put(name, value.longValue());
    }
  }
}
