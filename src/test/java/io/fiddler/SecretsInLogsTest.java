package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// What people send stays out of the log: keys, prompts, broken bodies.
final class SecretsInLogsTest {
  private static final String ADMIN = "the-first-administrators-key";
  private static final String PROMPT = "a-very-private-prompt";

  @Test
  void log_holdsNeitherKeysNorPrompts_evenWhereOursSaysAll(@TempDir Path home) {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Kept kept = new Kept();
    String made;
    try (RunningService service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=none",
            "--logging.level.io.fiddler=debug",
            "--logging.level.org.springframework.web=debug",
            "--fiddler.security.admin-key=" + ADMIN)) {
      kept.setContext(root.getLoggerContext());
      kept.start();
      root.addAppender(kept);
      try {
        made = service.send("POST", "/actuator/keys", "{\"name\":\"app\"}", ADMIN).body();
        String key = made.replaceAll("(?s).*\"key\" ?: ?\"([^\"]+)\".*", "$1");
        String good = "{\"prompt\":\"" + PROMPT + "\",\"max_tokens\":2}";
        assertThat(service.send("POST", "/v1/completions", good, key).statusCode()).isEqualTo(200);
        String broken = "{\"prompt\":\"" + PROMPT + "\",";
        assertThat(service.send("POST", "/v1/completions", broken, key).statusCode())
            .isEqualTo(400);
        String wrong = "{\"prompt\":\"" + PROMPT + "\",\"max_tokens\":-1}";
        assertThat(service.send("POST", "/v1/completions", wrong, key).statusCode()).isEqualTo(400);
        assertThat(service.send("POST", "/v1/completions", good, key + "x").statusCode())
            .isEqualTo(401);
        assertThat(service.send("POST", "/actuator/keys", broken, ADMIN).statusCode())
            .isEqualTo(400);
        service.flush();
        assertThat(kept.text())
            .doesNotContain(PROMPT)
            .doesNotContain(ADMIN)
            .doesNotContain(key)
            .doesNotContain(key.substring(key.length() - 43));
      } finally {
        root.detachAppender(kept);
        ((Logger) LoggerFactory.getLogger("io.fiddler")).setLevel(null);
        ((Logger) LoggerFactory.getLogger("org.springframework.web")).setLevel(Level.WARN);
      }
    }
  }

  private static final class Kept extends AppenderBase<ILoggingEvent> {
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }

    String text() {
      return events.stream()
          .map(event ->
              event.getFormattedMessage()
                  + (event.getThrowableProxy() == null
                      ? ""
                      : ThrowableProxyUtil.asString(event.getThrowableProxy())))
          .collect(Collectors.joining("\n"));
    }
  }
}
