package io.fiddler.api.chat.tool;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Parts the text of one choice, which arrives in pieces, into what is said and the tools that are
/// called. Text that may still become a call is held back; what begins like a call and is none is
/// given out as text. How the text is cut into pieces makes no difference to the whole. Used from
/// one thread at a time.
public final class ToolCallParser {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int MISTRAL_ID = 9;

  private final ToolSyntax syntax;
  private final ToolRequest request;
  private final StringBuilder held = new StringBuilder();
  private final StringBuilder blank = new StringBuilder();
  private boolean inCall;
  private boolean begun;
  private boolean afterCall;
  private int calls;

  /// @param request whose tools may be called
  public ToolCallParser(ToolSyntax syntax, ToolRequest request) {
    this.syntax = syntax;
    this.request = request;
  }

  /// What is new.
  ///
  /// @param text said
  /// @param calls complete ones
  public record Parsed(String text, List<ToolCall> calls) {}

  /// Whether any call was made.
  public boolean called() {
    return calls > 0;
  }

  /// More of the choice.
  public Parsed append(String piece) {
    held.append(piece);
    StringBuilder text = new StringBuilder();
    List<ToolCall> complete = new ArrayList<>();
    boolean progress = true;
    while (progress) {
      progress = inCall ? readCall(text, complete) : readText(text);
    }
    return new Parsed(text.toString(), complete);
  }

  /// The choice's end.
  public Parsed finish() {
    StringBuilder text = new StringBuilder();
    List<ToolCall> complete = new ArrayList<>();
    if (inCall) {
      take(held.toString(), held.toString(), text, complete);
    } else {
      say(held.toString(), text);
    }
    held.setLength(0);
    return new Parsed(text.toString(), complete);
  }

  /// Gives out text up to a mark. False if there is nothing more to find.
  private boolean readText(StringBuilder text) {
    if (!begun && syntax.beginsWithJson()) {
      int first = firstInk();
      if (first < 0) {
        return false;
      }
      inCall = held.charAt(first) == '{';
    }
    if (!inCall) {
      int mark = held.indexOf(syntax.open());
      int certain = mark >= 0 ? mark : held.length() - possibleMark();
      say(held.substring(0, certain), text);
      held.delete(0, certain);
      inCall = mark >= 0;
    }
    begun |= inCall || !held.isEmpty() || !text.isEmpty();
    return inCall;
  }

  /// Takes one call out of what is held. False if it is not complete.
  private boolean readCall(StringBuilder text, List<ToolCall> complete) {
    int end = syntax.close().isEmpty() ? -1 : held.indexOf(syntax.close());
    if (end < 0) {
      return false;
    }
    String whole = held.substring(0, end + syntax.close().length());
    held.delete(0, whole.length());
    inCall = false;
    take(whole, whole.substring(0, end), text, complete);
    return true;
  }

  /// @param whole with its marks
  /// @param body from its first mark on
  private void take(String whole, String body, StringBuilder text, List<ToolCall> complete) {
    String json = body.startsWith(syntax.open()) ? body.substring(syntax.open().length()) : body;
    List<ToolCall> read = calls(json);
    if (read.isEmpty()) {
      say(whole, text);
      return;
    }
    afterCall = true;
    blank.setLength(0);
    if (request.parallel()) {
      complete.addAll(read);
      calls += read.size();
    } else if (calls == 0) {
      // The others are left out: the client asked for one at a time.
      complete.add(read.getFirst());
      calls = 1;
    }
  }

  /// The calls in a text of JSON; none if it is anything else.
  private List<ToolCall> calls(String text) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JacksonException e) {
      return List.of();
    }
    List<ToolCall> read = new ArrayList<>();
    for (JsonNode call : json.isArray() ? json : List.of(json)) {
      String name = call.path("name").asString("");
      JsonNode arguments = call.path(syntax.argumentsKey());
      if (!arguments.isObject()
          || request.callable().stream().noneMatch(t -> t.name().equals(name))) {
        return List.of();
      }
      read.add(new ToolCall(calls + read.size(), id(), name, arguments.toString()));
    }
    return read;
  }

  /// Mistral's templates take ids of nine letters and digits only.
  private String id() {
    String random = UUID.randomUUID().toString().replace("-", "");
    return syntax == ToolSyntax.MISTRAL ? random.substring(0, MISTRAL_ID) : "call_" + random;
  }

  /// White space after a call is held back until something follows it: between calls and at the end
  /// it says nothing.
  private void say(String said, StringBuilder text) {
    if (afterCall && said.isBlank()) {
      blank.append(said);
      return;
    }
    text.append(blank).append(said);
    blank.setLength(0);
    afterCall = false;
  }

  private int firstInk() {
    for (int i = 0; i < held.length(); i++) {
      if (!Character.isWhitespace(held.charAt(i))) {
        return i;
      }
    }
    return -1;
  }

  /// Length of the end of what is held that could be the beginning of a mark.
  private int possibleMark() {
    String mark = syntax.open();
    for (int length = Math.min(mark.length() - 1, held.length()); length > 0; length--) {
      if (held.substring(held.length() - length).equals(mark.substring(0, length))) {
        return length;
      }
    }
    return 0;
  }
}
