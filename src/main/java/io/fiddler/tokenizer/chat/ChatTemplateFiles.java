package io.fiddler.tokenizer.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.tokenizer.chat.ChatTemplateException.Fault;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Finds a model's chat templates where Hugging Face looks for them: `chat_template.jinja` before
/// `tokenizer_config.json` before `chat_template.json`, further ones in
/// `additional_chat_templates`; and the special tokens that templates may name.
final class ChatTemplateFiles {
  private static final String KEY = "chat_template";
  private static final String CONFIG = "tokenizer_config.json";
  private static final String ADDITIONAL = "additional_chat_templates";
  private static final String JINJA = ".jinja";

  private final Path directory;
  private final Map<String, ChatTemplate> templates = new LinkedHashMap<>();

  private ChatTemplateFiles(Path directory) {
    this.directory = directory;
  }

  /// The templates by name; empty if there is none.
  ///
  /// @throws ChatTemplateException if a file cannot be read
  static Map<String, ChatTemplate> templates(Path directory) {
    ChatTemplateFiles files = new ChatTemplateFiles(directory);
    files.readJinja(KEY + JINJA, ChatTemplate.DEFAULT);
    files.readJson(CONFIG);
    files.readJson(KEY + ".json");
    files.readAdditional();
    return files.templates;
  }

  /// Special tokens by what they are for, such as `bos_token`.
  ///
  /// @throws ChatTemplateException if a file cannot be read
  static Map<String, String> specialTokens(Path directory) {
    Map<String, String> tokens = new LinkedHashMap<>();
    for (String file : new String[] {CONFIG, "special_tokens_map.json"}) {
      for (Map.Entry<String, JsonNode> entry : json(directory.resolve(file)).properties()) {
        JsonNode value = entry.getValue();
        JsonNode text = value.isObject() ? value.path("content") : value;
        if (entry.getKey().endsWith("_token") && text.isString()) {
          tokens.putIfAbsent(entry.getKey(), text.stringValue());
        }
      }
    }
    return tokens;
  }

  private void readJson(String file) {
    JsonNode value = json(directory.resolve(file)).path(KEY);
    if (value.isString()) {
      add(file, ChatTemplate.DEFAULT, value.stringValue());
    }
    if (value.isArray()) {
      for (JsonNode named : value) {
        add(
            file,
            named.path("name").asString(ChatTemplate.DEFAULT),
            named.path("template").asString(""));
      }
    }
  }

  private void readAdditional() {
    Path folder = directory.resolve(ADDITIONAL);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + JINJA)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        readJinja(ADDITIONAL + "/" + name, name.substring(0, name.length() - JINJA.length()));
      }
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private void readJinja(String file, String name) {
    Path path = directory.resolve(file);
    if (Files.isRegularFile(path)) {
      try {
        add(file, name, Files.readString(path, UTF_8));
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }
  }

  private void add(String file, String name, String source) {
    templates.putIfAbsent(name, new ChatTemplate(file, name, source));
  }

  private static JsonNode json(Path file) {
    if (!Files.isRegularFile(file)) {
      return JsonMapper.shared().createObjectNode();
    }
    try {
      return JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (IOException | JacksonException e) {
      throw unreadable(file, e);
    }
  }

  private static ChatTemplateException unreadable(Path file, Exception cause) {
    return new ChatTemplateException(
        Fault.TEMPLATE,
        "The model's chat template cannot be read: %s (%s)".formatted(cause.getMessage(), file),
        cause);
  }
}
