package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fiddler.store.TestDatabase;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/// The dashboard of a service that asks for a key, and of one that goes away.
final class DashboardKeyTest {
  private static final String KEY = "a-key-of-seventeen";

  @TempDir private Path home;

  @Test
  void page_asksForTheKeyUntilItIsRight_andTellsWhenTheServiceIsGone() {
    Browser.missing().ifPresent(why -> assumeTrue(false, why));
    try (Browser browser = Browser.start()) {
      try (RunningService service =
          RunningService.start(
              home,
              TestDatabase.create(),
              "--fiddler.device.kind=none",
              "--fiddler.security.admin-key=" + KEY)) {
        browser.open(service.root().resolve("/dashboard").toString());

        browser.until("the page asks", () -> browser.seen("#key-dialog[open]"));
        browser.press("not-the-right-one!", Keys.ENTER);
        browser.until(
            "the refusal", () -> browser.text("#key-problem").equals("The API key is not known"));
        browser.press(Keys.ESCAPE);
        assertThat(browser.all("#key-dialog[open]")).as("there is nothing without it").hasSize(1);
        browser.press(KEY, Keys.ENTER);

        browser.until("the page is live", () -> browser.text("#connection").equals("Live"));
        browser.until(
            "the placement", () -> browser.text("#placement-summary").startsWith("Not recorded"));
        assertThat(browser.script("return localStorage.length")).isEqualTo(0L);
        assertThat(browser.script("return sessionStorage.getItem('fiddler.key')")).isEqualTo(KEY);
        assertThat(browser.requests()).noneMatch(address -> address.contains(KEY));
      }

      browser.until("the connection is lost", () -> browser.seen("#banner").isDisplayed());
      assertThat(browser.text("#banner")).contains("Trying again in");
      assertThat(browser.text("#connection")).isEqualTo("Connection lost");
    }
  }
}
