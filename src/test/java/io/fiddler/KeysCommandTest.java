package io.fiddler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.config.command.KeysCommand;
import io.fiddler.store.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `fiddler keys` beside a service that runs.
final class KeysCommandTest {
  private static final Pattern KEY = Pattern.compile("fdl_([a-z0-9]{12})_[A-Za-z0-9_-]{43}");

  @TempDir private Path home;
  private final TestDatabase database = TestDatabase.create();

  private record Output(int code, String out, String err) {}

  @Test
  void keys_areMadeAndEnded_whileTheServiceRuns() {
    try (RunningService service =
        RunningService.start(
            home,
            database,
            "--fiddler.device.kind=none",
            "--fiddler.security.admin-key=the-first-administrators-key")) {
      Output created = keys("create", "--name=app", "--requests-per-minute=60");
      assertThat(created.code).as(created.err).isZero();
      Matcher matcher = KEY.matcher(created.out);
      assertThat(matcher.find()).as(created.out).isTrue();
      String key = matcher.group();
      String id = matcher.group(1);
      assertThat(service.send("GET", "/v1/models", null, key).statusCode()).isEqualTo(200);

      assertThat(keys("list").out)
          .contains(id, "app", "inference", "60 requests/min")
          .doesNotContain(key);
      assertThat(keys("list", "--output=json").out).contains("\"name\" : \"app\"");

      assertThat(keys("disable", id).code).isZero();
      awaitStatus(service, key, 401);
      assertThat(keys("enable", id).code).isZero();
      Matcher rotated = KEY.matcher(keys("rotate", id).out);
      assertThat(rotated.find()).isTrue();
      awaitStatus(service, rotated.group(), 200);
      awaitStatus(service, key, 401);
    }
  }

  /// The service hears from the database what another process has changed: soon, not at once.
  private static void awaitStatus(RunningService service, String key, int status) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    int last;
    do {
      last = service.send("GET", "/v1/models", null, key).statusCode();
    } while (last != status && System.nanoTime() < end);
    assertThat(last).isEqualTo(status);
  }

  @Test
  void wrongArguments_areToldInASentence() {
    assertThat(KeysCommand.run(new String[] {"bench"}, System.out, System.err)).isEmpty();
    assertThat(keys("destroy").err).contains("keys needs an action", "got destroy");
    assertThat(keys("disable").err).contains("keys disable needs the id of a key");
    assertThat(keys("create").err).contains("name must be given");
    assertThat(keys("create", "--name=a", "--scopes=root").code).isEqualTo(64);
    assertThat(keys("create", "--name=a", "--colour=red").err).contains("unknown option --colour");
    assertThat(keys("disable", "nobody"))
        .isEqualTo(new Output(1, "", "there is no key \"nobody\"" + System.lineSeparator()));
    assertThat(keys("--help").out).startsWith("usage: fiddler keys create");
  }

  private Output keys(String... args) {
    List<String> all = new ArrayList<>(List.of("keys"));
    all.addAll(List.of(args));
    all.addAll(
        List.of(
            "--fiddler.home=" + home,
            "--spring.datasource.url=" + database.url(),
            "--spring.datasource.username=" + database.username(),
            "--spring.datasource.password=" + database.password()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        KeysCommand.run(
                all.toArray(String[]::new),
                new PrintStream(out, true, UTF_8),
                new PrintStream(err, true, UTF_8))
            .orElseThrow();
    return new Output(code, out.toString(UTF_8), err.toString(UTF_8));
  }
}
