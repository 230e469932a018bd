package io.fiddler.tokenizer.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// Where templates are found, and what prompts are made of them, with tiny-moe's tokenizer.
class ChatPromptsTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String PLAIN =
      "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}";

  @TempDir private Path folder;
  private Path tokenizerJson;
  private Tokenizer plain;

  @BeforeEach
  void load() throws IOException {
    tokenizerJson = folder.resolve("tokenizer.json");
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("/models/tiny-moe/tokenizer.json"))) {
      Files.copy(in, tokenizerJson);
    }
    plain = Tokenizer.of(tokenizerJson);
  }

  @AfterEach
  void close() {
    plain.close();
  }

  @Test
  void prompts_areNone_whenThereIsNoTemplate() throws IOException {
    write("tokenizer_config.json", "{\"bos_token\": \"<s>\"}");

    assertThat(beside()).isEmpty();
  }

  @Test
  void template_isTheOneOfItsOwnFile_whenThereAreSeveral() throws IOException {
    write("chat_template.json", "{\"chat_template\": \"third\"}");
    assertThat(rendered()).isEqualTo("third");

    write("tokenizer_config.json", "{\"chat_template\": \"second\"}");
    assertThat(rendered()).isEqualTo("second");

    write("chat_template.jinja", "first\n");
    assertThat(rendered()).isEqualTo("first");
  }

  @Test
  void template_isTheOneForTools_whenThereAreTools() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"default\", \"template\": \"plain\"}, {\"name\": \"tool_use\", \"template\": \"{{ tools|length }} tools\"}]}");

    try (ChatPrompts prompts = beside().orElseThrow()) {
      assertThat(prompts.takesTools()).isTrue();
      assertThat(prompts.prompt(new Conversation(messages("x"), null, true, Map.of())).text())
          .isEqualTo("plain");
      assertThat(
              prompts
                  .prompt(new Conversation(messages("x"), JSON.createArrayNode(), true, Map.of()))
                  .text())
          .isEqualTo("0 tools");
    }
  }

  @Test
  void specialTokens_haveTheirIds_whenTheTemplateNamesThem() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": \"</s>\", \"chat_template\": \"{{ bos_token }}{{ messages[0].content }}{{ eos_token }}\"}");

    try (ChatPrompts prompts = beside().orElseThrow()) {
      ChatPrompt prompt =
          prompts.prompt(new Conversation(messages("</s>hi"), null, true, Map.of()));

      assertThat(prompt.text()).isEqualTo("<s></s>hi</s>");
      assertThat(prompt.tokens()).startsWith(1).endsWith(2).hasSizeGreaterThan(4);
      assertThat(prompt.tokens()).satisfies(ids -> assertThat(count(ids, 2)).isEqualTo(1));
      assertThat(prompts.endOfTurn()).hasValue(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hello", " two  spaces ", "line\n\nbreaks", "日本語 \uD83D\uDE00", "{{ x }}", "<b>"})
  void tokens_areThoseOfTheText_whenMessagesHoldNoSpecialToken(String content) throws IOException {
    write("chat_template.jinja", PLAIN);

    try (ChatPrompts prompts = beside().orElseThrow()) {
      ChatPrompt prompt = prompts.prompt(new Conversation(messages(content), null, true, Map.of()));

      assertThat(prompt.tokens()).isEqualTo(plain.encode(prompt.text(), false));
      assertThat(prompt.text()).contains(content);
      assertThat(prompts.endOfTurn()).hasValue(4);
      assertThat(prompts.takesTools()).isFalse();
    }
  }

  @Test
  void template_isRefused_whenItPutsSpecialTokensTogether() throws IOException {
    write(
        "chat_template.jinja",
        "{% for m in messages %}<|im_{{ 'start' }}|>{{ m.content }}{% endfor %}");

    assertThatThrownBy(this::beside)
        .isInstanceOf(ChatTemplateException.class)
        .hasMessage(
            "The model's chat template (chat_template.jinja) puts special tokens together from pieces, which cannot be told from a message's text");
  }

  @Test
  void template_isRefused_whenItIsBroken() throws IOException {
    write("chat_template.jinja", "{% for m in messages %}");

    assertThatThrownBy(this::beside)
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageStartingWith(
            "The model's chat template (chat_template.jinja) cannot be rendered: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ raise_exception('no </s> here') }}",
        "{{ raise_exception('no ' + eos_token + ' here') }}"
      })
  void specialTokens_areNamedAsTheyRead_whenTheTemplateRefuses(String template) throws IOException {
    write("tokenizer_config.json", "{\"eos_token\": \"</s>\"}");
    write("chat_template.jinja", template);

    try (ChatPrompts prompts = beside().orElseThrow()) {
      assertThatThrownBy(
              () -> prompts.prompt(new Conversation(messages("hello"), null, true, Map.of())))
          .isInstanceOf(ChatTemplateException.class)
          .hasNoCause()
          .hasMessage(
              "The model's chat template (chat_template.jinja) refuses the messages: no </s> here");
    }
  }

  @Test
  void files_areNamed_whenTheyCannotBeRead() throws IOException {
    write("tokenizer_config.json", "{");

    assertThatThrownBy(this::beside)
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("tokenizer_config.json");
  }

  private String rendered() {
    try (ChatPrompts prompts = beside().orElseThrow()) {
      return prompts.prompt(new Conversation(messages("x"), null, true, Map.of())).text();
    }
  }

  private Optional<ChatPrompts> beside() {
    return ChatPrompts.beside(
        tokenizerJson, plain, TemplateLimits.of(Duration.ofSeconds(20)), Clock.systemUTC());
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text, UTF_8);
  }

  private static ArrayNode messages(String content) {
    ArrayNode messages = JSON.createArrayNode();
    messages.addObject().put("role", "user").put("content", content);
    return messages;
  }

  private static long count(int[] ids, int wanted) {
    return Arrays.stream(ids).filter(id -> id == wanted).count();
  }
}
