package io.fiddler.tokenizer.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What Python's jinja2 3.1.2 made of real templates and of each feature they use.
class ChatTemplateConformanceTest {
  private static final Instant GOLDEN_DAY = Instant.parse("2025-07-26T12:00:00Z");

  private final JinjaRenderer renderer =
      new JinjaRenderer(
          TemplateLimits.of(Duration.ofSeconds(20)), Clock.fixed(GOLDEN_DAY, ZoneOffset.UTC));

  @TestFactory
  Stream<DynamicTest> template_rendersAsInPython() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("/chat-templates/golden.json"))) {
      JsonNode cases = JsonMapper.shared().readTree(in);
      assertThat(cases).hasSize(93);
      return StreamSupport.stream(cases.spliterator(), false)
          .map(one -> DynamicTest.dynamicTest(one.get("name").stringValue(), () -> check(one)));
    }
  }

  private void check(JsonNode one) {
    String name = one.get("name").stringValue();
    String template = one.get("template").stringValue();
    if (one.get("error").isNull()) {
      assertThat(renderer.render(name, template, one.get("context")))
          .isEqualTo(one.get("expected").stringValue());
    } else {
      assertThatThrownBy(() -> renderer.render(name, template, one.get("context")))
          .isInstanceOf(ChatTemplateException.class)
          .hasMessage(
              name
                  + " refuses the messages: "
                  + one.get("error").stringValue().substring("TemplateError: ".length()));
    }
  }
}
