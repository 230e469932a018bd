package io.fiddler.config.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/// The environment variables that a start takes, and those that end it.
final class UnknownVariablesTest {
  @ParameterizedTest
  @CsvSource({
    "FIDDLER_ENGINE_MAX_QUEUD, FIDDLER_ENGINE_MAX_QUEUED",
    "FIDDLER_SECURITY_ADMINKEY_FILES, FIDDLER_SECURITY_ADMIN_KEY_FILE",
    "FIDDLER_MODEL, FIDDLER_MODEL_PATH",
    "fiddler_log_texts, FIDDLER_LOG_TEXT",
    "FIDDLER_PORT, SERVER_PORT",
  })
  void start_isRefused_whenAVariableIsNoSetting(String name, String nearest) {
    start(
        Map.of(name, "7"),
        context -> {
          FailureAnalysis analysis =
              new SettingFailureAnalyzer()
                  .analyze(Objects.requireNonNull(context.getStartupFailure()));
          assertThat(analysis).isNotNull();
          assertThat(analysis.getDescription())
              .isEqualTo(
                  "the environment variable %s is not a setting of Fiddler, the nearest is %s; application.yml lists all there are"
                      .formatted(name, nearest));
        });
  }

  @Test
  void everyVariableOfTheReference_isTaken() throws IOException {
    assertThat(SettingVariables.read()).hasSizeGreaterThan(60);
    for (String variable : SettingVariables.read().values()) {
      UnknownVariables.refuse(Map.of(variable, ""));
    }
    assertThat(SettingNames.all())
        .containsExactlyInAnyOrderElementsOf(SettingVariables.read().keySet());
  }

  @Test
  void variables_areTaken_ofScriptsOfSpringsOtherFormAndOfOthers() {
    start(
        Map.of(
            "FIDDLER_OPTS", "-Xmx1g",
            "FIDDLER_ENGINE_MAXQUEUED", "7",
            "FIDDLERS_GREEN", "no",
            "PATH", "/bin"),
        context ->
            assertThat(context.getBean(FiddlerProperties.class).engine().maxQueued()).isEqualTo(7));
  }

  /// Of Services named fiddler and fiddler-db-rw in the namespace of the pod.
  @Test
  void linksToServices_doNotEndTheStart() {
    start(
        Map.of(
            "FIDDLER_SERVICE_HOST", "10.0.0.7",
            "FIDDLER_SERVICE_PORT", "80",
            "FIDDLER_SERVICE_PORT_HTTP", "80",
            "FIDDLER_PORT", "tcp://10.0.0.7:80",
            "FIDDLER_PORT_80_TCP", "tcp://10.0.0.7:80",
            "FIDDLER_PORT_80_TCP_PROTO", "tcp",
            "FIDDLER_PORT_80_TCP_PORT", "80",
            "FIDDLER_PORT_80_TCP_ADDR", "10.0.0.7",
            "FIDDLER_DB_RW_SERVICE_HOST", "10.0.0.8",
            "FIDDLER_DB_RW_PORT_5432_TCP", "tcp://10.0.0.8:5432"),
        context -> assertThat(context).hasNotFailed());
  }

  private static void start(
      Map<String, Object> variables, ContextConsumer<AssertableApplicationContext> look) {
    new ApplicationContextRunner()
        .withInitializer(context ->
            context
                .getEnvironment()
                .getPropertySources()
                .replace(
                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                    new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)))
        .withInitializer(new ConfigDataApplicationContextInitializer())
        .withUserConfiguration(SettingsConfiguration.class)
        .run(look);
  }
}
