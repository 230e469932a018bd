package io.fiddler.config.settings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `application.yml` is the reference of all settings, so it must not differ from the code.
final class ApplicationYmlTest {
  private static final Pattern SETTING = Pattern.compile(" +([a-z-]+):(?: .*)?");
  private static final Pattern COMMENT = Pattern.compile(" +# .+\\. (FIDDLER_[A-Z_]+)");

  @Test
  void everySetting_isListed_andNothingElse() throws IOException {
    assertThat(new TreeSet<>(variables().keySet())).isEqualTo(new TreeSet<>(keysOfTheCode()));
  }

  @Test
  void everyDefault_isThatOfTheCode() throws IOException {
    FiddlerProperties ofTheCode =
        new Binder(List.of()).bindOrCreate("fiddler", FiddlerProperties.class);
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addLast(yml());

    assertThat(Binder.get(environment).bindOrCreate("fiddler", FiddlerProperties.class))
        .isEqualTo(ofTheCode);
  }

  @Test
  void everyVariable_setsItsKey() throws IOException {
    Map<String, String> variables = variables();
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      StandardEnvironment environment = new StandardEnvironment();
      environment
          .getPropertySources()
          .replace(
              StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
              new SystemEnvironmentPropertySource(
                  StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                  Map.of(variable.getValue(), "given")));
      Binder binder = Binder.get(environment);

      assertThat(binder.bind(variable.getKey(), String.class).orElse("nothing"))
          .as("%s by %s", variable.getKey(), variable.getValue())
          .isEqualTo("given");
    }
  }

  @Test
  void variables_reachTheRecords_beforeTheFile() throws IOException {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new SystemEnvironmentPropertySource(
                "test-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                Map.of("FIDDLER_ENGINE_MAX_QUEUED", "7", "FIDDLER_DEVICE_KIND", "none")));
    environment.getPropertySources().addLast(yml());

    FiddlerProperties properties =
        Binder.get(environment).bindOrCreate("fiddler", FiddlerProperties.class);

    assertThat(properties.engine().maxQueued()).isEqualTo(7);
    assertThat(properties.device().kind().name()).isEqualTo("NONE");
  }

  @Test
  void everySetting_isDescribedInTheMetadata() throws IOException {
    try (InputStream in =
        new ClassPathResource("META-INF/spring-configuration-metadata.json").getInputStream()) {
      JsonNode metadata = JsonMapper.shared().readTree(in);
      Set<String> described =
          metadata
              .get("properties")
              .valueStream()
              .filter(property -> property.has("description"))
              .map(property -> property.get("name").asString())
              .collect(Collectors.toSet());
      assertThat(described).containsAll(keysOfTheCode());
    }
  }

  private static Set<String> keysOfTheCode() throws IOException {
    try (InputStream in =
        new ClassPathResource("META-INF/spring-configuration-metadata.json").getInputStream()) {
      return JsonMapper.shared()
          .readTree(in)
          .get("properties")
          .valueStream()
          .map(property -> property.get("name").asString())
          .filter(name -> name.startsWith("fiddler."))
          .collect(Collectors.toSet());
    }
  }

  /// Key to the variable named in the comment above it.
  private static Map<String, String> variables() throws IOException {
    String yml = new ClassPathResource("application.yml").getContentAsString(UTF_8);
    Map<String, String> variables = new LinkedHashMap<>();
    List<String> path = new ArrayList<>();
    String variable = "";
    boolean inside = false;
    for (String line : yml.lines().toList()) {
      if (!line.isBlank() && !line.startsWith(" ")) {
        inside = line.equals("fiddler:");
      }
      Matcher comment = COMMENT.matcher(line);
      Matcher setting = SETTING.matcher(line);
      if (inside && comment.matches()) {
        variable = comment.group(1);
      } else if (inside && setting.matches()) {
        int depth = setting.start(1) / 2 - 1;
        path.subList(depth, path.size()).clear();
        path.add(setting.group(1));
        if (!variable.isEmpty()) {
          variables.put("fiddler." + String.join(".", path), variable);
          variable = "";
        }
      }
    }
    return variables;
  }

  private static PropertySource<?> yml() throws IOException {
    return Objects.requireNonNull(
        new YamlPropertySourceLoader()
            .load("application.yml", new ClassPathResource("application.yml"))
            .getFirst());
  }
}
