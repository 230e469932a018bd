package io.fiddler.tokenizer.chat;

import io.fiddler.tokenizer.SealedTokenizer;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.tokenizer.chat.ChatTemplateException.Fault;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A model's way to make prompts of conversations. Special tokens are those that the template
/// itself writes; text that comes from a conversation never becomes one, whatever it spells.
/// Otherwise the tokens are those of the rendered text. Thread-safe.
public final class ChatPrompts implements AutoCloseable {
  private static final String TOOL_USE = "tool_use";
  private static final Pattern TOOLS = Pattern.compile("\\btools\\b");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<String, ChatTemplate> templates;
  private final Map<String, String> specialTokens;
  private final SealedTokenizer tokenizer;
  private final JinjaRenderer renderer;
  private OptionalInt endOfTurn = OptionalInt.empty();

  private ChatPrompts(
      Map<String, ChatTemplate> templates,
      Map<String, String> specialTokens,
      SealedTokenizer tokenizer,
      JinjaRenderer renderer) {
    this.templates = templates;
    this.specialTokens = specialTokens;
    this.tokenizer = tokenizer;
    this.renderer = renderer;
  }

  /// The chat templates beside a tokenizer, ready and warm; empty if there is none.
  ///
  /// @param tokenizerJson path of `tokenizer.json`
  /// @param plain the tokenizer in it
  /// @throws ChatTemplateException if they cannot be read, or if a prompt's special tokens are not
  ///   those of its text
  /// @throws io.fiddler.tokenizer.TokenizerException if the tokenizer cannot be read
  public static Optional<ChatPrompts> beside(
      Path tokenizerJson, Tokenizer plain, TemplateLimits limits, Clock clock) {
    Path directory = tokenizerJson.toAbsolutePath().getParent();
    if (directory == null) {
      return Optional.empty();
    }
    Map<String, ChatTemplate> templates = ChatTemplateFiles.templates(directory);
    if (!templates.containsKey(ChatTemplate.DEFAULT)) {
      return Optional.empty();
    }
    SealedTokenizer tokenizer = SealedTokenizer.of(tokenizerJson);
    try {
      ChatPrompts prompts =
          new ChatPrompts(
              templates,
              ChatTemplateFiles.specialTokens(directory),
              tokenizer,
              new JinjaRenderer(limits, clock));
      prompts.warmUp(plain);
      return Optional.of(prompts);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /// Whether the templates know what to do with tools.
  public boolean takesTools() {
    return TOOLS.matcher(template(true).source()).find();
  }

  /// The template for conversations with tools or without, as Jinja.
  public String source(boolean tools) {
    return template(tools).source();
  }

  /// The prompt of a conversation.
  ///
  /// @throws ChatTemplateException naming the template
  public ChatPrompt prompt(Conversation conversation) {
    ChatTemplate template = template(conversation.tools() != null);
    String sealed = sealed(template, context(conversation));
    return new ChatPrompt(tokenizer.open(sealed), tokenizer.encode(sealed));
  }

  private String sealed(ChatTemplate template, ObjectNode context) {
    try {
      return renderer.render(template.title(), tokenizer.seal(template.source()), context);
    } catch (ChatTemplateException e) {
      // Without the cause, which has the secret names of special tokens too.
      throw new ChatTemplateException(
          e.fault(), tokenizer.open(Objects.requireNonNullElse(e.getMessage(), "")));
    }
  }

  /// The special token that ends the assistant's turn in the template; empty if there is none.
  public OptionalInt endOfTurn() {
    return endOfTurn;
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private ChatTemplate template(boolean tools) {
    ChatTemplate plain = templates.get(ChatTemplate.DEFAULT);
    ChatTemplate chosen = tools ? templates.getOrDefault(TOOL_USE, plain) : plain;
    if (chosen == null) {
      throw new IllegalStateException("no chat template");
    }
    return chosen;
  }

  private ObjectNode context(Conversation conversation) {
    Map<String, JsonNode> context = new LinkedHashMap<>(conversation.variables());
    context.put("messages", conversation.messages());
    if (conversation.tools() != null) {
      context.put("tools", conversation.tools());
    }
    ObjectNode object = JSON.createObjectNode();
    specialTokens.forEach((name, token) -> object.put(name, tokenizer.sealToken(token)));
    context.forEach(object::set);
    object.put("add_generation_prompt", conversation.generationPrompt());
    return object;
  }

  /// The first rendering takes a hundred times as long as the next. It also shows whether the
  /// template writes its special tokens as such: one that puts them together from pieces would be
  /// read as ordinary text.
  private void warmUp(Tokenizer plain) {
    ArrayNode messages = JSON.createArrayNode();
    messages.addObject().put("role", "user").put("content", "hello");
    ChatPrompt prompt;
    try {
      prompt = prompt(new Conversation(messages, null, true, Map.of()));
    } catch (ChatTemplateException e) {
      // Some want other messages; what they say to a client's is for the client.
      if (e.fault() == Fault.REFUSED) {
        return;
      }
      throw e;
    }
    if (!Arrays.equals(prompt.tokens(), plain.encode(prompt.text(), false))) {
      throw new ChatTemplateException(
          Fault.TEMPLATE,
          "%s puts special tokens together from pieces, which cannot be told from a message's text"
              .formatted(template(false).title()));
    }
    messages.addObject().put("role", "assistant").put("content", "hello");
    endOfTurn = lastSpecial(messages, plain.specialTokenIds());
  }

  private OptionalInt lastSpecial(ArrayNode messages, Set<Integer> specials) {
    int[] tokens;
    try {
      tokens = prompt(new Conversation(messages, null, false, Map.of())).tokens();
    } catch (ChatTemplateException e) {
      return OptionalInt.empty();
    }
    int[] answer = tokenizer.encode("hello");
    for (int i = tokens.length - 1; i >= 0; i--) {
      if (specials.contains(tokens[i])) {
        return OptionalInt.of(tokens[i]);
      }
      // What stands before the answer's own end did not end it.
      if (tokens[i] == answer[answer.length - 1]) {
        return OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }
}
