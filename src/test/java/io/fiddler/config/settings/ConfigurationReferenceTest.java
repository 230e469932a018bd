package io.fiddler.config.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.GeneratedDocument;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `src/docs/configuration.md` is written from the properties' own descriptions and defaults.
final class ConfigurationReferenceTest {
  private static final String HEAD =
      """
      # Configuration

      Every setting, from the descriptions in the code. A setting is given on the command line (`--fiddler.model.path=/models/mixtral`), by the
      environment variable beside it, or in an `application.yml` beside the service; what is wrong refuses the start with a sentence.
      Sizes take a unit (`24GiB`, `512MB`), times too (`500ms`, `2s`, `5m`, `7d`). Settings of Spring Boot itself work as everywhere:
      `server.port`, `server.address`, `spring.datasource.url`, `logging.level.*`.
      """;

  @Test
  void reference_saysWhatTheCodeSays() throws IOException {
    assertThat(text()).contains("| `fiddler.model.path` | `FIDDLER_MODEL_PATH` | `tiny-moe` |");
    new GeneratedDocument("configuration.md").requireIs(text());
  }

  private static String text() throws IOException {
    Map<String, JsonNode> settings = new TreeMap<>();
    try (InputStream in =
        new ClassPathResource("META-INF/spring-configuration-metadata.json").getInputStream()) {
      JsonMapper.shared()
          .readTree(in)
          .get("properties")
          .forEach(property -> {
            settings.put(property.get("name").asString(), property);
          });
    }
    StringBuilder text = new StringBuilder(HEAD);
    String section = "";
    for (Map.Entry<String, String> setting : SettingVariables.read().entrySet()) {
      String key = setting.getKey();
      String of = section(key);
      if (!of.equals(section)) {
        section = of;
        text.append(
            "\n## `%s`\n\n| setting | variable | default | |\n|---|---|---|---|\n".formatted(of));
      }
      JsonNode property = settings.get(key);
      assertThat(property).as(key).isNotNull();
      text.append(
          "| `%s` | `%s` | %s | %s |\n"
              .formatted(
                  key,
                  setting.getValue(),
                  shown(property.path("defaultValue")),
                  property.path("description").asString("").replace("|", "\\|")));
    }
    return text.toString();
  }

  private static String section(String key) {
    String rest = key.substring("fiddler.".length());
    int dot = rest.indexOf('.');
    return dot < 0 ? "fiddler" : "fiddler." + rest.substring(0, dot);
  }

  private static String shown(JsonNode value) {
    String text =
        value.isArray()
            ? value.valueStream().map(JsonNode::asString).reduce((a, b) -> a + "," + b).orElse("")
            : value.asString("");
    return text.isEmpty() ? "" : "`" + text + "`";
  }
}
