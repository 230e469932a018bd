package io.fiddler.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.model.load.ModelSources;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.tokenizer.chat.ChatPrompts;
import io.fiddler.tokenizer.chat.TemplateLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// tiny-moe's tokenizer with the template of a family that knows tools.
enum ToolFamily {
  HERMES(
      """
      {%- if tools %}{{ '<|im_start|>system\\nTools: ' }}{% for tool in tools %}{{ tool | tojson }}{% endfor %}{{ '\\nAnswer with <tool_call></tool_call><|im_end|>\\n' }}{% endif %}
      {%- for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if m.content %}{{ m.content }}{% endif %}{% for c in m.tool_calls or [] %}{{ '<tool_call>\\n' + (c.function | tojson) + '\\n</tool_call>' }}{% endfor %}{{ '<|im_end|>\\n' }}{% endfor %}
      {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\
      """,
      "<unk>"),

  /// Marks calls with a special token.
  MISTRAL(
      """
      {%- if tools %}{{ '[AVAILABLE_TOOLS] ' + (tools | tojson) + '[/AVAILABLE_TOOLS]' }}{% endif %}
      {%- for m in messages %}{% if m.role == 'user' %}{{ '[INST] ' + m.content + ' [/INST]' }}{% elif m.tool_calls %}{{ '[TOOL_CALLS] ' }}{% for c in m.tool_calls %}{{ c.function | tojson }}{% endfor %}{{ eos_token }}{% elif m.role == 'tool' %}{{ '[TOOL_RESULTS] ' + m.content + '[/TOOL_RESULTS]' }}{% else %}{{ m.content + eos_token }}{% endif %}{% endfor %}\
      """,
      "[TOOL_CALLS]"),

  LLAMA(
      """
      {%- for m in messages %}{{ '<|im_start|>' + m.role + '\\n' }}{% if tools and loop.first %}{{ 'Respond in the format {"name": function name, "parameters": dictionary}. ' }}{% for t in tools %}{{ t | tojson }}{% endfor %}{% endif %}{{ m.content }}{{ '<|im_end|>' }}{% endfor %}
      {%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\
      """,
      "<unk>");

  private final String template;
  private final String firstSpecial;

  ToolFamily(String template, String firstSpecial) {
    this.template = template;
    this.firstSpecial = firstSpecial;
  }

  /// The model with this family's template.
  ///
  /// @param folder to put its files into
  ApiServer.Served served(Path folder) throws IOException {
    Path original =
        ModelSources.of("tiny-moe", Path.of("target", "api-tests"), 1)
            .tokenizerFile()
            .orElseThrow();
    Path file = folder.resolve("tokenizer.json");
    Files.writeString(
        file, Files.readString(original, UTF_8).replace("\"<unk>\"", "\"" + firstSpecial + "\""));
    Files.write(
        folder.resolve("tokenizer_config.json"),
        JsonMapper.shared()
            .writeValueAsBytes(
                Map.of("eos_token", "</s>", "bos_token", "<s>", "chat_template", template)));
    Tokenizer tokenizer = Tokenizer.of(file);
    ChatPrompts chat =
        ChatPrompts.beside(
                file, tokenizer, TemplateLimits.of(Duration.ofSeconds(20)), Clock.systemUTC())
            .orElseThrow();
    return new ApiServer.Served(Optional.of(tokenizer), Optional.of(chat));
  }
}
