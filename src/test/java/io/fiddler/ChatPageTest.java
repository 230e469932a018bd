package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fiddler.store.TestDatabase;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.ElementNotInteractableException;
import org.openqa.selenium.Keys;

/// The chat page in a real browser, of a real service.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChatPageTest {
  private static final String ANSWERED =
      "#messages > li:last-child[data-role=assistant]:not([data-state])";

  private RunningService service;
  private Browser browser;

  @BeforeAll
  void start(@TempDir Path home) {
    Browser.missing().ifPresent(why -> assumeTrue(false, why));
    service =
        RunningService.start(
            home,
            TestDatabase.create(),
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=12");
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
    browser.look(1180, 760, "light");
    browser.open(service.root().toString());
    browser.script("sessionStorage.clear(); return true");
    browser.open(service.root().toString());
    browser.until("the model", () -> browser.text("#title-model").equals("tiny-moe"));
  }

  /// Whatever a test did: nothing went wrong in the page, nothing was against its policy, and
  /// nothing went anywhere else.
  @AfterEach
  void assertCleanAndLocal() {
    assertThat(browser.console())
        .as("errors and violations in the console")
        // The browser logs each refusal; the page tells of them where they matter.
        .filteredOn(line -> !line.contains("/v1/chat/completions"))
        .isEmpty();
    assertThat(browser.requests())
        .as("requests")
        .isNotEmpty()
        .allMatch(address -> URI.create(address).getHost().equals("127.0.0.1"));
  }

  @Test
  void answer_isStreamed_andMeasured() {
    watchTheAnswerGrow();
    set("max_tokens", "300");
    browser.press("It was the best of", Keys.ENTER);

    browser.until("the answer", () -> browser.seen(ANSWERED));
    assertThat((Long) browser.script("return window.sizes.length"))
        .as("sizes the answer had on its way")
        .isGreaterThan(1);
    assertThat(browser.text("#messages > li:first-child .body")).isEqualTo("It was the best of");
    assertThat(browser.text(ANSWERED + " .body")).isNotBlank();
    assertThat(browser.text("#meter-tokens")).matches("\\d+");
    assertThat(browser.text("#meter-speed")).matches("[0-9.]+ tokens/s");
    assertThat(browser.text("#meter-first")).matches("[0-9.]+ s");
    assertThat(browser.text("#meter-placement")).isEqualTo("version 1");
    assertThat(browser.script("return document.getElementById('announcement').textContent"))
        .asString()
        .startsWith("Model: ");
  }

  @Test
  void settings_areUsed() {
    set("max_tokens", "7");
    set("temperature", "0");
    set("seed", "11");
    browser.press("ROMEO: I", Keys.ENTER);
    browser.until("the answer", () -> browser.seen(ANSWERED));
    String first = browser.text(ANSWERED + " .body");
    assertThat(browser.text("#meter-tokens")).isEqualTo("7");
    assertThat(browser.text(ANSWERED + " .note")).isEqualTo("Ended at the most tokens.");

    browser.seen("#new").click();
    assertThat(browser.all("#messages > li")).isEmpty();
    browser.press("ROMEO: I", Keys.ENTER);
    browser.until("the answer again", () -> browser.seen(ANSWERED));
    assertThat(browser.text(ANSWERED + " .body")).isEqualTo(first);

    browser.seen("#new").click();
    set("system", "You are a pirate.");
    browser.press("ROMEO: I", Keys.ENTER);
    browser.until("the answer to more", () -> browser.seen(ANSWERED));
    assertThat(browser.text(ANSWERED + " .body")).isNotEqualTo(first);
  }

  @Test
  void conversation_goesOn_andLinesAreBrokenWithShift() {
    set("max_tokens", "8");
    browser.press("one");
    browser.pressWithShift(Keys.ENTER);
    browser.press("two", Keys.ENTER);
    browser.until("the answer", () -> browser.seen(ANSWERED));
    browser.press("three", Keys.ENTER);
    browser.until(
        "the second answer", () -> browser.all("#messages > li").size() == 4 ? true : null);
    browser.until("its end", () -> browser.seen(ANSWERED));

    assertThat(browser.text("#messages > li:first-child .body")).isEqualTo("one\ntwo");
    assertThat(
            browser.all("#messages > li").stream().map(item -> item.getDomAttribute("data-role")))
        .containsExactly("user", "assistant", "user", "assistant");
  }

  /// Clicks the button, unless the end of the answer hides it first.
  private void clickStop() {
    try {
      browser.all("#stop").getFirst().click();
    } catch (ElementNotInteractableException e) {
      assertThat(browser.all(ANSWERED)).isNotEmpty();
    }
  }

  /// Stops an answer on its way. One that ends by itself before that, as a short one may on a fast
  /// machine, is asked for again, in a new conversation: another such answer may not fit in one.
  private void stopInTime(boolean byKey) {
    double before = cancelled();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (cancelled() == before && System.nanoTime() < end) {
      browser.seen("#new").click();
      set("max_tokens", "900");
      set("temperature", "2");
      browser.seen("#input").click();
      browser.press("Tell me everything", Keys.ENTER);
      browser.until(
          "the answer begins", () -> !browser.text("#messages > li:last-child .body").isEmpty());
      if (byKey) {
        browser.press(Keys.ESCAPE);
      } else {
        clickStop();
      }
      browser.until(
          "the server's end", () -> cancelled() > before || !browser.all(ANSWERED).isEmpty());
    }
    assertThat(cancelled()).isGreaterThan(before);
  }

  @Test
  void stop_endsTheGeneration_onTheServerToo() {
    for (boolean byKey : List.of(true, false)) {
      stopInTime(byKey);
      assertThat(browser.text("#messages > li:last-child .note")).isEqualTo("Stopped.");
      assertThat(browser.focused().getDomAttribute("id")).isEqualTo("input");
      assertThat(browser.seen("#send").isDisplayed()).isTrue();
    }
  }

  @Test
  void refusal_isTold_andCanBeTriedAgain() {
    set("max_tokens", "5000");
    browser.press("Hello", Keys.ENTER);

    browser.until("the refusal", () -> browser.seen("#problem"));
    assertThat(browser.text("#problem-text")).contains("max_tokens").contains("5000");
    assertThat(browser.all("#messages > li")).as("what was said").hasSize(1);

    set("max_tokens", "4");
    browser.seen("#again").click();
    browser.until("the answer", () -> browser.seen(ANSWERED));
    assertThat(browser.seen("#form").isDisplayed()).isTrue();
    assertThat(browser.all("#problem:not([hidden])")).isEmpty();
  }

  @Test
  void settingOutOfRange_isNotSent() {
    set("temperature", "3");
    browser.seen("#input").click();
    browser.press("Hello", Keys.ENTER);

    assertThat(browser.all("#messages > li")).isEmpty();
    assertThat(browser.focused().getDomAttribute("name")).isEqualTo("temperature");
  }

  /// What the model says is text: code is set apart, markup is not obeyed.
  @Test
  void answer_isNeverMarkup() {
    Object parts =
        browser.script(
            """
            const { rendered } = await import(new URL('chat/js/text.js', document.baseURI));
            const text = 'before\\n```html\\n<b onclick="x()">&amp;</b>\\n```\\n<img src=x onerror=alert(1)>';
            return rendered(text).map((part) => [part.localName, part.textContent, part.querySelectorAll('img, b').length]);
            """);

    assertThat(parts)
        .isEqualTo(
            List.of(
                List.of("div", "before", 0L),
                List.of("pre", "<b onclick=\"x()\">&amp;</b>", 0L),
                List.of("div", "<img src=x onerror=alert(1)>", 0L)));
  }

  @Test
  void page_fitsAPhone_andThemeIsShared() {
    browser.look(360, 740, "dark");

    assertThat(browser.script("return document.documentElement.scrollWidth")).isEqualTo(360L);
    assertThat(
            browser.script(
                """
                return [...document.body.querySelectorAll('*')]
                  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.visually-hidden'))
                  .map((one) => one.outerHTML.slice(0, 120))
                """))
        .isEqualTo(List.of());
    assertThat(browser.all("#settings[open]")).as("settings leave room").isEmpty();
    assertThat(browser.script("return getComputedStyle(document.body).colorScheme"))
        .isEqualTo("dark");
  }

  @Test
  void everythingOnThePage_hasAName() {
    assertThat(
            browser.script(
                """
                return [...document.querySelectorAll('button, input, select, textarea, a, summary, [role=region]')]
                  .filter((one) => !one.closest('dialog:not([open])') && !one.closest('[hidden]'))
                  .filter((one) => !(one.getAttribute('aria-label') || one.getAttribute('aria-labelledby') || one.textContent.trim() || one.labels?.length))
                  .map((one) => one.outerHTML.slice(0, 120))
                """))
        .isEqualTo(List.of());
    browser.press(Keys.TAB);
    assertThat(browser.all("#input")).isNotEmpty();
  }

  @Test
  void docs_showEveryRoute_withinTheirPolicy() {
    browser.open(service.root().resolve("/docs").toString());

    browser.until("the operations", () -> browser.all("#api .opblock").size() >= 3 ? true : null);
    assertThat(browser.text("#api")).contains("/v1/completions", "/v1/models");
    browser.picture("docs");
  }

  /// Leaves pictures to look at.
  @Test
  void page_isPictured() {
    set("max_tokens", "40");
    set("temperature", "0");
    browser.seen("#input").click();
    browser.press("It was the best of times", Keys.ENTER);
    browser.until("the answer", () -> browser.seen(ANSWERED));
    browser.press("And what became of it?", Keys.ENTER);
    browser.until(
        "the second answer", () -> browser.all("#messages > li").size() == 4 ? true : null);
    browser.until("its end", () -> browser.seen(ANSWERED));

    browser.picture("chat-light");
    browser.look(1180, 760, "dark");
    browser.picture("chat-dark");
    browser.look(360, 740, "light");
    browser.picture("chat-phone");
    assertThat(Path.of("target", "dashboard")).isDirectoryContaining("glob:**/chat-phone.png");
  }

  private void watchTheAnswerGrow() {
    browser.script(
        """
        window.sizes = [];
        new MutationObserver(() => {
          const size = document.querySelector('#messages > li[data-role=assistant] .body')?.textContent.length;
          if (size && size !== window.sizes.at(-1)) window.sizes.push(size);
        }).observe(document.getElementById('messages'), { childList: true, subtree: true });
        return true;
        """);
  }

  /// Fills in a setting, and goes back to the message.
  private void set(String name, String value) {
    var field = browser.seen("#settings [name=" + name + "]");
    field.clear();
    field.sendKeys(value);
    browser.seen("#input").click();
  }

  /// Generations that were cancelled so far.
  private double cancelled() {
    RunningService.Answer answer =
        service.get("/actuator/metrics/fiddler.generations?tag=reason:cancelled");
    return answer.json().at("/measurements/0/value").asDouble();
  }
}
