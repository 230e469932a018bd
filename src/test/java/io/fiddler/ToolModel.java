package io.fiddler;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The embedded model with another chat template, or none.
final class ToolModel {
  private static final Path EMBEDDED = Path.of("src/main/resources/models/tiny-moe");
  private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

  /// As the Hermes and Qwen families write tools and calls.
  private static final String WITH_TOOLS =
      """
      {%- if tools %}<|im_start|>system
      Tools:{% for tool in tools %}
      {{ tool | tojson }}{% endfor %}
      Call one as <tool_call>{"name": ..., "arguments": ...}</tool_call>.<|im_end|>
      {% endif %}
      {%- for message in messages %}<|im_start|>{{ message.role }}
      {{ message.content or '' }}
      {%- for call in message.tool_calls or [] %}
      <tool_call>
      {"name": "{{ call.function.name }}", "arguments": {{ call.function.arguments | tojson }}}
      </tool_call>
      {%- endfor %}<|im_end|>
      {% endfor %}
      {%- if add_generation_prompt %}<|im_start|>assistant
      {% endif %}\
      """;

  private ToolModel() {}

  /// A model directory whose template knows tools.
  static Path create(Path folder) {
    return create(folder, WITH_TOOLS);
  }

  /// A model directory without a template.
  static Path withoutTemplate(Path folder) {
    return create(folder, null);
  }

  private static Path create(Path folder, @Nullable String template) {
    try {
      Path model = Files.createTempDirectory(folder, "model");
      try (var files = Files.list(EMBEDDED)) {
        for (Path file : files.toList()) {
          if (!List.of(TOKENIZER_CONFIG, "README.md").contains(file.getFileName().toString())) {
            Files.createSymbolicLink(model.resolve(file.getFileName()), file.toAbsolutePath());
          }
        }
      }
      ObjectNode config =
          (ObjectNode) JsonMapper.shared().readTree(EMBEDDED.resolve(TOKENIZER_CONFIG).toFile());
      config.remove("chat_template");
      if (template != null) {
        config.put("chat_template", template);
      }
      Files.writeString(model.resolve(TOKENIZER_CONFIG), config.toString(), UTF_8);
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
