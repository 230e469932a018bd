package io.fiddler.config.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
  @Test
  void everySetting_isListed_andNothingElse() throws IOException {
    assertThat(new TreeSet<>(SettingVariables.read().keySet()))
        .isEqualTo(new TreeSet<>(keysOfTheCode()));
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
    Map<String, String> variables = SettingVariables.read();
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

  private static PropertySource<?> yml() throws IOException {
    return Objects.requireNonNull(
        new YamlPropertySourceLoader()
            .load("application.yml", new ClassPathResource("application.yml"))
            .getFirst());
  }
}
