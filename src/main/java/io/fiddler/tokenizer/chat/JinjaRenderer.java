package io.fiddler.tokenizer.chat;

import io.fiddler.tokenizer.chat.ChatTemplateException.Fault;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.mozilla.javascript.RhinoException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Renders Jinja templates as Python's jinja2 does with Hugging Face's settings, within limits.
/// Thread-safe; keeps as many scopes as were ever in use at once.
final class JinjaRenderer {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("xx", Locale.ROOT);
  private static final DateTimeFormatter ZONE = DateTimeFormatter.ofPattern("zzz", Locale.ROOT);

  private final TemplateLimits limits;
  private final Clock clock;
  private final Deque<JinjaScope> idle = new ConcurrentLinkedDeque<>();

  /// @param clock what `strftime_now` reads
  JinjaRenderer(TemplateLimits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /// The template's text.
  ///
  /// @param name of the template, for messages
  /// @param context its variables, a JSON object
  /// @throws ChatTemplateException naming the template
  String render(String name, String template, JsonNode context) {
    ObjectNode request = JSON.createObjectNode();
    request.put("template", withoutLastNewline(template));
    request.put("context", JSON.writeValueAsString(context));
    request.set("now", now());
    request.put("maxSteps", limits.steps());
    request.put("maxCharacters", limits.characters());
    return text(name, JSON.readTree(call(name, JSON.writeValueAsString(request))));
  }

  private String call(String name, String request) {
    try {
      JinjaScope known = idle.poll();
      JinjaScope scope = known == null ? new JinjaScope() : known;
      String answer = scope.call(request, limits.time().toNanos());
      // A scope that failed is not used again.
      idle.push(scope);
      return answer;
    } catch (BudgetedContexts.OutOfTime e) {
      throw limit(name, "more than %d ms".formatted(limits.time().toMillis()), e);
    } catch (StackOverflowError | AssertionError e) {
      // An interpreter that ran out of stack may next find its own state wrong. It is not used
      // again.
      throw limit(name, "nested too deeply", e);
    } catch (RhinoException e) {
      throw new ChatTemplateException(
          Fault.TEMPLATE, "%s cannot be rendered: %s".formatted(name, e.getMessage()), e);
    } catch (LinkageError e) {
      throw new ChatTemplateException(
          Fault.TEMPLATE, "%s cannot be rendered here: %s".formatted(name, e), e);
    }
  }

  private static String text(String name, JsonNode answer) {
    if (answer.has("text")) {
      return answer.get("text").stringValue();
    }
    String message = answer.path("message").asString("");
    throw switch (answer.path("error").asString("")) {
      case "TemplateError" ->
          new ChatTemplateException(
              Fault.REFUSED, "%s refuses the messages: %s".formatted(name, message));
      case "LimitError" ->
          new ChatTemplateException(
              Fault.LIMIT, "%s takes more than it may: %s".formatted(name, message));
      default ->
          new ChatTemplateException(
              Fault.TEMPLATE, "%s cannot be rendered: %s".formatted(name, message));
    };
  }

  private static ChatTemplateException limit(String name, String what, Throwable cause) {
    return new ChatTemplateException(
        Fault.LIMIT, "%s takes more than it may: %s".formatted(name, what), cause);
  }

  /// jinja2 drops one newline at a template's end.
  private static String withoutLastNewline(String template) {
    return template.endsWith("\n") ? template.substring(0, template.length() - 1) : template;
  }

  private ArrayNode now() {
    ZonedDateTime now = ZonedDateTime.now(clock);
    ArrayNode parts = JSON.createArrayNode();
    parts.add(now.getYear()).add(now.getMonthValue()).add(now.getDayOfMonth());
    parts.add(now.getHour()).add(now.getMinute()).add(now.getSecond());
    parts.add(now.getNano() / 1000).add(now.getDayOfWeek().getValue() % 7).add(now.getDayOfYear());
    return parts.add(OFFSET.format(now)).add(ZONE.format(now));
  }
}
