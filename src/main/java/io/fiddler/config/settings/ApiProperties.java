package io.fiddler.config.settings;

import io.fiddler.api.generation.request.RequestLimits;
import io.fiddler.constraint.GrammarLimits;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// The HTTP API.
///
/// @param maxBodySize Largest request body; larger ones are answered with 413.
/// @param maxBodyMemory Most memory of the bodies of all requests that are being read or wait to
///   be; more are answered with 429; 0 for an eighth of the heap.
/// @param bodyTimeout How long the head of a request, and then its body, may take to arrive.
/// @param writeTimeout How long a client may take nothing of an answer before its connection is
///   closed.
/// @param streamBuffer Most memory of a stream's tokens that its client has not taken yet; more
///   ends the generation.
/// @param maxPromptLength Most characters of a request's prompts, or of its messages, `tools` and
///   `chat_template_kwargs`.
/// @param maxMessages Most messages of a chat.
/// @param maxStops Most stop strings of a request.
/// @param maxChoices Most choices of a request: its prompts times `n`.
/// @param maxLogitBiases Most entries of a request's `logit_bias`.
/// @param maxSchemaSize Largest JSON Schema of a `response_format` or a tool, without whitespace.
/// @param maxSchemaDepth Deepest nesting of such a schema, and of the objects and arrays in an
///   answer that is held to JSON.
/// @param templateTimeout Longest that the model's chat template may take for one prompt.
public record ApiProperties(
    @DefaultValue("4MB") DataSize maxBodySize,
    @DefaultValue("0") DataSize maxBodyMemory,
    @DefaultValue("30s") Duration bodyTimeout,
    @DefaultValue("30s") Duration writeTimeout,
    @DefaultValue("1MB") DataSize streamBuffer,
    @DefaultValue("1000000") int maxPromptLength,
    @DefaultValue("1024") int maxMessages,
    @DefaultValue("16") int maxStops,
    @DefaultValue("128") int maxChoices,
    @DefaultValue("1024") int maxLogitBiases,
    @DefaultValue("64KB") DataSize maxSchemaSize,
    @DefaultValue("32") int maxSchemaDepth,
    @DefaultValue("5s") Duration templateTimeout) {
  private static final DataSize MOST = DataSize.ofGigabytes(1);
  private static final int HEAP_SHARE = 8;
  private static final DataSize LARGEST_SCHEMA = DataSize.ofMegabytes(1);

  // Schemas are compiled by recursion.
  private static final int DEEPEST_SCHEMA = 200;

  public ApiProperties {
    Rules.positive("fiddler.api.max-body-size", maxBodySize);
    Rules.atLeast(1, "fiddler.api.max-prompt-length", maxPromptLength);
    Rules.atLeast(1, "fiddler.api.max-messages", maxMessages);
    Rules.atLeast(0, "fiddler.api.max-stops", maxStops);
    Rules.atLeast(1, "fiddler.api.max-choices", maxChoices);
    Rules.atLeast(0, "fiddler.api.max-logit-biases", maxLogitBiases);
    Rules.positive("fiddler.api.max-schema-size", maxSchemaSize);
    if (maxSchemaSize.compareTo(LARGEST_SCHEMA) > 0) {
      throw new InvalidSettingException(
          "fiddler.api.max-schema-size", "at most 1MB", maxSchemaSize);
    }
    Rules.atLeast(1, "fiddler.api.max-schema-depth", maxSchemaDepth);
    if (maxSchemaDepth > DEEPEST_SCHEMA) {
      throw new InvalidSettingException(
          "fiddler.api.max-schema-depth", "at most " + DEEPEST_SCHEMA, maxSchemaDepth);
    }
    Rules.positive("fiddler.api.template-timeout", templateTimeout);
    if (maxBodySize.compareTo(MOST) > 0) {
      throw new InvalidSettingException("fiddler.api.max-body-size", "at most 1GB", maxBodySize);
    }
    Rules.notNegative("fiddler.api.max-body-memory", maxBodyMemory);
    if (maxBodyMemory.toBytes() != 0 && maxBodyMemory.compareTo(maxBodySize) < 0) {
      throw new InvalidSettingException(
          "fiddler.api.max-body-memory",
          "at least fiddler.api.max-body-size (%s), or 0 for an eighth of the heap"
              .formatted(maxBodySize),
          maxBodyMemory);
    }
    Rules.positive("fiddler.api.body-timeout", bodyTimeout);
    Rules.positive("fiddler.api.write-timeout", writeTimeout);
    Rules.positive("fiddler.api.stream-buffer", streamBuffer);
  }

  /// Most bytes of all bodies; there is always room for one.
  ///
  /// @param heapBytes most bytes of the heap
  public long bodyMemoryBytes(long heapBytes) {
    return maxBodyMemory.toBytes() == 0
        ? Math.max(heapBytes / HEAP_SHARE, maxBodySize.toBytes())
        : maxBodyMemory.toBytes();
  }

  /// Limits of what stands in a request.
  public RequestLimits toRequestLimits() {
    return new RequestLimits(
        maxPromptLength,
        maxMessages,
        maxStops,
        maxLogitBiases,
        GrammarLimits.of(Math.toIntExact(maxSchemaSize.toBytes()), maxSchemaDepth));
  }
}
