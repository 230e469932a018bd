package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/// The chat page of a service that asks for a key, with a model that knows no roles, and of one
/// that goes away.
final class ChatPageKeyTest {
  private static final String KEY = "a-key-of-seventeen";

  @TempDir private Path home;

  @Test
  void page_asksForTheKey_continuesPlainText_andTellsWhenTheServiceIsGone() {
    Browser.missing().ifPresent(why -> assumeTrue(false, why));
    try (Browser browser = Browser.start()) {
      try (RunningService service =
          RunningService.start(
              home,
              TestDatabase.create(),
              "--fiddler.device.kind=none",
              "--fiddler.model.path=" + ToolModel.withoutTemplate(home),
              "--fiddler.security.admin-key=" + KEY)) {
        browser.open(service.root().toString());

        browser.until("the page asks", () -> browser.seen("#key-dialog[open]"));
        browser.press("not-the-right-one!", Keys.ENTER);
        browser.until("the refusal", () -> !browser.text("#key-problem").isEmpty());
        browser.press(KEY, Keys.ENTER);
        browser.until("the model", () -> !browser.text("#title-model").isEmpty());
        assertThat(browser.script("return sessionStorage.getItem('fiddler.key')")).isEqualTo(KEY);

        browser.seen("#input").click();
        browser.press("It was the best of", Keys.ENTER);
        browser.until("what is different is told", () -> browser.seen("#plain"));
        browser.until(
            "the answer",
            () -> browser.seen("#messages > li:last-child[data-role=assistant]:not([data-state])"));
        assertThat(browser.all("#messages > li")).hasSize(2);
        assertThat(browser.text("#messages > li:last-child .body")).isNotBlank();
        assertThat(browser.requests()).noneMatch(address -> address.contains(KEY));
      }

      browser.press("And then?", Keys.ENTER);
      browser.until("the failure", () -> browser.seen("#problem"));
      assertThat(browser.text("#problem-text")).isEqualTo("The service does not answer.");
    }
  }
}
