package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fiddler.expert.ExpertId;
import io.fiddler.store.TestDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/// The dashboard in a real browser, of a real service.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DashboardTest {
  private static final String[] EMULATED = {
    "--fiddler.device.kind=emulated",
    "--fiddler.device.experts=12",
    "--fiddler.dispatch.timeline-every=1"
  };

  private RunningService service;
  private Browser browser;

  @BeforeAll
  void start(@TempDir Path home) {
    Browser.missing().ifPresent(why -> assumeTrue(false, why));
    service = RunningService.start(home, TestDatabase.create(), EMULATED);
    browser = Browser.start();
  }

  @AfterAll
  void stop() {
    if (browser != null) {
      browser.close();
    }
    if (service != null) {
      service.close();
    }
  }

  @BeforeEach
  void open() {
    browser.look(1280, 900, "light");
    browser.open(service.root().resolve("/dashboard").toString());
    browser.until("the page is live", () -> browser.text("#connection").equals("Live"));
    browser.until("the experts are shown", () -> !browser.all("#heat td").isEmpty());
    browser.until("the placement is shown", () -> !browser.text("#placement-summary").isEmpty());
  }

  /// Whatever a test did: nothing went wrong in the page, nothing was against its policy, and
  /// nothing went anywhere else.
  @AfterEach
  void assertCleanAndLocal() {
    assertThat(browser.console())
        .as("errors and violations in the console")
        // The browser logs each refusal; the page tells of them where they matter.
        .filteredOn(line -> !line.contains("/actuator/simulation"))
        .isEmpty();
    assertThat(browser.requests())
        .as("requests")
        .isNotEmpty()
        .allMatch(address -> URI.create(address).getHost().equals("127.0.0.1"));
  }

  @Test
  void heatMap_showsWhereEveryExpertLives() {
    assertThat(browser.all("#heat td")).hasSize(48);
    assertThat(shownAsResident())
        .containsExactlyInAnyOrderElementsOf(service.engine().residency().experts());
    assertThat(browser.all("#heat td[data-lives='resident']"))
        .allSatisfy(cell ->
            assertThat(cell.getDomAttribute("aria-label"))
                .matches("Layer \\d, expert \\d: .+ % of the layer’s choices; on the device.*"));
  }

  @Test
  void heatMap_isWalkedWithArrowKeys() {
    browser.tabTo("#heat td[tabindex='0']");
    browser.pressWithControl(Keys.HOME);
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT, Keys.ARROW_UP);

    assertThat(browser.focused().getDomAttribute("data-layer")).isEqualTo("1");
    assertThat(browser.focused().getDomAttribute("data-expert")).isEqualTo("1");
    assertThat(browser.text("#heat-detail")).contains("Layer 1, expert 1");
    browser.press(Keys.END);
    assertThat(browser.text("#heat-detail")).contains("Layer 1, expert 7");
    browser.press(Keys.ARROW_RIGHT);
    assertThat(browser.focused().getDomAttribute("data-expert")).isEqualTo("7");
    assertThat(browser.all("#heat td[tabindex='0']")).hasSize(1);
  }

  /// No model of the tests is as large: the page's own module draws a map that is made up.
  @Test
  void heatMap_ofThousandsOfExperts_isOnePictureWithACursor() {
    browser.script(
        """
        const { ExpertsPanel } = await import(new URL('dashboard/js/heat/panel.js', document.baseURI));
        const size = 60 * 256;
        const shares = btoa(Array.from({ length: size }, (_, i) => String.fromCharCode((i * 7) % 251, i % 5 ? 0 : 2)).join(''));
        const bits = (every) => btoa(Array.from({ length: size / 8 }, (_, i) => String.fromCharCode(i % every ? 0 : 17)).join(''));
        new ExpertsPanel().experts({
          model: 'large', device: 'made up', kernels: 'none', layers: Array(60).fill(256), assignments: 1000, share: shares,
          latelyAssignments: 10, lately: shares, resident: bits(2), changed: bits(9), version: 2, previousVersion: 1,
        });
        return true;
        """);

    browser.tabTo("#heat canvas");
    browser.pressWithControl(Keys.END);
    browser.press(Keys.ARROW_LEFT);

    assertThat(browser.text("#heat-detail")).contains("Layer 59, expert 254");
    assertThat(browser.script("return document.querySelector('#heat [role=status]').textContent"))
        .asString()
        .contains("Layer 59, expert 254:", "of the layer’s choices");
    assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(1280L);
    browser.picture("many-experts");
  }

  @Test
  void liveValues_changeAfterACompletion() {
    String before = browser.text("#experts-summary");
    complete("It was the best of", 48);

    browser.until(
        "the choices are counted", () -> !browser.text("#experts-summary").equals(before));
    browser.until(
        "the hit rate of the last minute",
        () -> browser.text("#tile-hit-rate .value").matches("[0-9.]+\\s*%"));
    browser.until(
        "the latest generations", () -> browser.text("#latest-summary").contains("generation"));
    browser.until(
        "a point of the curves",
        () ->
            (Boolean)
                browser.script(
                    "return document.querySelector('#hit-rate-panel .plot').getAttribute('aria-label')"
                        + ".includes('Hit rate ') && document.querySelector('#hit-rate-panel .empty').hidden"));
  }

  @Test
  void rollback_worksByKeyboardAlone() {
    long first = service.get("/actuator/placement").json().get("version").asLong();
    complete("To be, or not to be", 64);
    assertThat(service.post("/actuator/placement", "{\"reason\":\"a newer one\"}").status())
        .isEqualTo(200);
    long second = service.get("/actuator/placement").json().get("version").asLong();
    browser.until(
        "the newer version",
        () -> browser.text("#placement-summary").startsWith("Version " + second));

    browser.tabTo("#rollback-" + first);
    browser.press(Keys.ENTER);
    browser.until(
        "the dialog asks why",
        () -> "action-reason".equals(browser.focused().getDomAttribute("id")));
    for (int i = 0; i < 8; i++) {
      browser.press(Keys.TAB);
      assertThat(
              browser.script(
                  "return !document.hasFocus() || document.activeElement === document.body || document.getElementById('action-dialog').contains(document.activeElement)"))
          .as("the dialog keeps the focus")
          .isEqualTo(true);
    }
    browser.tabTo("#action-reason");
    browser.press("it was better before", Keys.ENTER);

    browser.until("it is done", () -> browser.text("#placement-result").startsWith("Rolled back"));
    assertThat(service.get("/actuator/placement").json().get("reason").asString())
        .endsWith("it was better before");
    browser.until(
        "the map follows",
        () -> shownAsResident().equals(Set.copyOf(service.engine().residency().experts())));
  }

  @Test
  void dialog_changesNothing_whenCalledOff() {
    long version = service.get("/actuator/placement").json().get("version").asLong();

    browser.tabTo("#apply");
    browser.press(Keys.ENTER);
    browser.until("the dialog is open", () -> browser.seen("#action-dialog"));
    browser.press(Keys.ESCAPE);

    browser.until(
        "it is closed", () -> !browser.all("#action-dialog[open]").isEmpty() ? null : true);
    assertThat(browser.focused().getDomAttribute("id")).isEqualTo("apply");
    assertThat(service.get("/actuator/placement").json().get("version").asLong())
        .isEqualTo(version);
  }

  @Test
  void theme_followsTheSystem_untilChosen() {
    String light = background();
    browser.look(1280, 900, "dark");
    String dark = background();
    assertThat(dark).isNotEqualTo(light);

    browser.tabTo("#theme");
    browser.press(Keys.ENTER);

    assertThat(browser.text("#theme")).isEqualTo("Theme: light");
    assertThat(background()).isEqualTo(light);
    browser.press(Keys.ENTER);
    assertThat(background()).isEqualTo(dark);
    browser.press(Keys.ENTER);
    assertThat(browser.text("#theme")).isEqualTo("Theme: system");
  }

  @Test
  void page_fitsAPhone() {
    browser.look(360, 740, "light");

    assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(360L);
    assertThat(tooWide()).as("elements beyond the right edge").isEqualTo(List.of());
  }

  @Test
  void skipLink_leadsToTheContent() {
    browser.press(Keys.TAB);
    assertThat(browser.focused().getText()).isEqualTo("Skip to the content");
    browser.press(Keys.ENTER);
    assertThat(browser.focused().getDomAttribute("id")).isEqualTo("main");
  }

  @Test
  void curves_areReadWithArrowKeysAndAsATable() {
    complete("ROMEO: I", 32);
    browser.until("a point", () -> !browser.all("#lanes-panel .empty[hidden]").isEmpty());

    browser.tabTo("#lanes-panel .plot");
    browser.press(Keys.END);
    assertThat(browser.text("#lanes-panel .at")).matches("\\d\\d:\\d\\d:\\d\\d");
    browser.tabTo("#lanes-panel summary");
    browser.press(Keys.ENTER);

    browser.until("rows", () -> !browser.all("#lanes-panel tbody tr").isEmpty());
    assertThat(browser.text("#lanes-panel thead")).contains("Compute", "Copy", "Host");
  }

  @Test
  void everythingOnThePage_hasAName() {
    assertThat(
            browser.script(
                """
                return [...document.querySelectorAll('button, input, select, a, [role=img], [role=region], table:has(tr)')]
                  .filter((one) => !one.closest('dialog:not([open])') && !one.closest('[hidden], details:not([open])'))
                  .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
                  .map((one) => one.outerHTML.slice(0, 120))
                """))
        .isEqualTo(List.of());
  }

  /// Leaves pictures to look at, of a service that has something to show.
  @Test
  void page_isPictured() {
    complete("It was the best of", 64);
    complete("ROMEO: I", 64);
    assertThat(service.post("/actuator/placement", "{\"reason\":\"evening traffic\"}").status())
        .isEqualTo(200);
    complete("In the beginning", 96);
    browser.until(
        "what changed is marked", () -> !browser.all("#heat td[data-changed='came']").isEmpty());
    WebElement newest = browser.seen("#history-table tbody tr");
    browser.tabTo("#compare-" + newest.getDomAttribute("data-version"));
    browser.press(Keys.ENTER);
    browser.until("the comparison", () -> browser.text("#diff").contains("In both"));
    browser.until("a point", () -> !browser.all("#hit-rate-panel .empty[hidden]").isEmpty());

    browser.picture("desktop-light");
    browser.look(1280, 900, "dark");
    browser.picture("desktop-dark");
    browser.look(360, 740, "light");
    browser.picture("phone");
    assertThat(Path.of("target", "dashboard"))
        .isDirectoryContaining("glob:**/desktop-{light,dark}.png")
        .isDirectoryContaining("glob:**/phone.png");
  }

  private Set<ExpertId> shownAsResident() {
    return browser.all("#heat td[data-lives='resident']").stream()
        .map(cell -> new ExpertId(number(cell, "data-layer"), number(cell, "data-expert")))
        .collect(Collectors.toSet());
  }

  private static int number(WebElement element, String attribute) {
    String value = element.getDomAttribute(attribute);
    assertThat(value).as(attribute).isNotNull();
    return Integer.parseInt(value);
  }

  private String background() {
    return (String) browser.script("return getComputedStyle(document.body).backgroundColor");
  }

  private Object tooWide() {
    return browser.script(
        """
        return [...document.body.querySelectorAll('*')]
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroll, .visually-hidden, .u-wrap'))
          .map((one) => one.outerHTML.slice(0, 120))
        """);
  }

  private void complete(String prompt, int tokens) {
    assertThat(
            service
                .post(
                    "/v1/completions",
                    "{\"prompt\":\"%s\",\"max_tokens\":%d,\"temperature\":0}"
                        .formatted(prompt, tokens))
                .status())
        .isEqualTo(200);
  }
}
