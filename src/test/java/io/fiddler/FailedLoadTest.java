package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.ChildJvm.Ended;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service that cannot serve ends with a sentence and a code that is not zero.
final class FailedLoadTest {
  private static final TestDatabase DATABASE = TestDatabase.create();

  @TempDir private Path folder;

  @Test
  void process_endsWithOneSentence_whenTheModelIsNotThere() {
    Ended ended = start(DATABASE, "--fiddler.model.path=" + folder.resolve("nothing"));

    assertEndsWith(ended, "nothing");
  }

  @Test
  void process_endsWithOneSentence_whenTheModelIsMalformed() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\":");

    assertEndsWith(start(DATABASE, "--fiddler.model.path=" + folder), "config.json");
  }

  @Test
  void process_endsWithOneSentence_whenTheDeviceIsTooSmall() {
    Ended ended = start(DATABASE, "--fiddler.device.kind=emulated", "--fiddler.device.memory=1KB");

    assertEndsWith(ended, "memory");
  }

  @Test
  void process_endsWithOneSentence_whenTheDatabaseIsRequiredAndDown() {
    Ended ended =
        start(
            DATABASE.through(9),
            "--fiddler.store.required=true",
            "--fiddler.store.start-timeout=1s",
            "--fiddler.store.close-timeout=0s");

    assertEndsWith(ended, "the database does not answer");
  }

  private Ended start(TestDatabase database, String... more) {
    String[] arguments = new String[more.length + 5];
    arguments[0] = "--server.port=0";
    arguments[1] = "--fiddler.home=" + folder.resolve("home");
    arguments[2] = "--spring.datasource.url=" + database.url();
    arguments[3] = "--spring.datasource.username=" + database.username();
    arguments[4] = "--spring.datasource.password=" + database.password();
    System.arraycopy(more, 0, arguments, 5, more.length);
    return ChildJvm.run(ChildJvm.DOCUMENTED_FLAGS, arguments);
  }

  private static void assertEndsWith(Ended ended, String part) {
    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output()).doesNotContain("\tat ");
    assertThat(ended.output().lines().filter(line -> line.contains(" ERROR ")))
        .singleElement()
        .asString()
        .contains("Fiddler cannot serve: ", part);
  }
}
