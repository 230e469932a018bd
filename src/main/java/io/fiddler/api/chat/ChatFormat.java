package io.fiddler.api.chat;

import io.fiddler.api.chat.ChatBody.Call;
import io.fiddler.api.chat.ChatBody.Choice;
import io.fiddler.api.chat.ChatBody.Delta;
import io.fiddler.api.chat.ChatBody.Message;
import io.fiddler.api.chat.tool.ToolCall;
import io.fiddler.api.chat.tool.ToolCallParser;
import io.fiddler.api.chat.tool.ToolCallParser.Parsed;
import io.fiddler.api.generation.answer.AnswerEnvelope;
import io.fiddler.api.generation.answer.AnswerFormat;
import io.fiddler.api.generation.answer.ChoiceDelta;
import io.fiddler.api.generation.answer.TokenTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Chat completions as OpenAI writes them.
final class ChatFormat implements AnswerFormat {
  private static final String ASSISTANT = "assistant";

  private final TokenTexts texts;
  private final int choices;
  private final List<ToolCallParser> parsers;

  /// @param parsers of each choice's tool calls; none if there are no tools
  ChatFormat(TokenTexts texts, int choices, List<ToolCallParser> parsers) {
    this.texts = texts;
    this.choices = choices;
    this.parsers = List.copyOf(parsers);
  }

  @Override
  public Object whole(AnswerEnvelope envelope, List<ChoiceDelta> sums) {
    return ChatBody.whole(envelope, sums.stream().map(this::whole).toList());
  }

  private Choice whole(ChoiceDelta sum) {
    Parsed parsed = parsed(sum);
    List<Call> calls = parsed.calls().stream().map(Call::whole).toList();
    boolean silent = !calls.isEmpty() && parsed.text().isBlank();
    return new Choice(
        sum.choice(),
        new Message(ASSISTANT, silent ? null : parsed.text(), null, calls.isEmpty() ? null : calls),
        null,
        logprobs(sum),
        finishReason(sum),
        sum.tokenIds(),
        sum.promptTokenIds());
  }

  /// Each choice begins with its role, as some clients expect.
  @Override
  public List<Object> opening(AnswerEnvelope envelope) {
    return IntStream.range(0, choices)
        .<Object>mapToObj(choice -> event(envelope, choice, new Delta(ASSISTANT, "", null)))
        .toList();
  }

  @Override
  public List<Object> chunks(AnswerEnvelope envelope, ChoiceDelta delta) {
    List<Object> events = new ArrayList<>();
    Parsed parsed = parsed(delta);
    boolean scored = delta.scored() != null && !delta.scored().isEmpty();
    boolean identified = delta.tokenIds() != null && !delta.tokenIds().isEmpty();
    if (!parsed.text().isEmpty() || scored || identified || delta.promptTokenIds() != null) {
      Choice choice =
          new Choice(
              delta.choice(),
              null,
              new Delta(null, parsed.text(), null),
              logprobs(delta),
              null,
              delta.tokenIds(),
              delta.promptTokenIds());
      events.add(ChatBody.chunk(envelope, List.of(choice)));
    }
    for (ToolCall call : parsed.calls()) {
      events.add(event(envelope, delta.choice(), new Delta(null, null, List.of(Call.delta(call)))));
    }
    if (delta.finishReason() != null) {
      Choice last =
          new Choice(delta.choice(), null, Delta.NOTHING, null, finishReason(delta), null, null);
      events.add(ChatBody.chunk(envelope, List.of(last)));
    }
    return events;
  }

  @Override
  public @Nullable String finishReason(ChoiceDelta delta) {
    boolean called = !parsers.isEmpty() && parsers.get(delta.choice()).called();
    return called && "stop".equals(delta.finishReason()) ? "tool_calls" : delta.finishReason();
  }

  @Override
  public Object closing(AnswerEnvelope envelope) {
    return ChatBody.chunk(envelope, List.of());
  }

  private static ChatBody event(AnswerEnvelope envelope, int choice, Delta delta) {
    return ChatBody.chunk(
        envelope, List.of(new Choice(choice, null, delta, null, null, null, null)));
  }

  private Parsed parsed(ChoiceDelta delta) {
    if (parsers.isEmpty()) {
      return new Parsed(delta.text(), List.of());
    }
    ToolCallParser parser = parsers.get(delta.choice());
    Parsed more = parser.append(delta.text());
    if (delta.finishReason() == null) {
      return more;
    }
    Parsed rest = parser.finish();
    List<ToolCall> calls = new ArrayList<>(more.calls());
    calls.addAll(rest.calls());
    return new Parsed(more.text() + rest.text(), calls);
  }

  private @Nullable ChatLogprobs logprobs(ChoiceDelta delta) {
    return delta.scored() == null ? null : ChatLogprobs.of(delta.scored(), texts);
  }
}
