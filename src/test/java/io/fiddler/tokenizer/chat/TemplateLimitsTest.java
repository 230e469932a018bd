package io.fiddler.tokenizer.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.tokenizer.chat.ChatTemplateException.Fault;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Templates that come with a model may be hostile: each ends with a sentence that names it.
class TemplateLimitsTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final JinjaRenderer renderer =
      new JinjaRenderer(TemplateLimits.of(Duration.ofSeconds(30)), Clock.systemUTC());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{% for a in range(1000000000) %}{% endfor %}",
        "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}",
        "{{ 'x' * 1000000000 }}",
        "{{ [1] * 1000000000 }}",
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% set ns = namespace(s=[1,2]) %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s|replace('x', ns.s) %}{% endfor %}",
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s.replace('x', ns.s) %}{% endfor %}",
        "{{ {'a': [1, 2, 3]}|tojson(indent=1000000) }}",
        "{{ 'a\nb'|indent(100000000) }}",
        "{{ [1, 2]|join('x' * 30000000) }}"
      })
  void template_endsWithASentence_whenItTakesTooMuch(String template) {
    assertThatThrownBy(() -> renderer.render("The chat template of m", template, context()))
        .isInstanceOfSatisfying(
            ChatTemplateException.class, e -> assertThat(e.fault()).isEqualTo(Fault.LIMIT))
        .hasMessageStartingWith("The chat template of m takes more than it may: ");
  }

  @Test
  void template_ends_whenItsTimeIsOver() {
    JinjaRenderer hasty =
        new JinjaRenderer(
            new TemplateLimits(Duration.ofNanos(1), Long.MAX_VALUE >> 12, 1 << 20),
            Clock.systemUTC());

    assertThatThrownBy(() ->
            hasty.render(
                "The chat template of m",
                "{% for a in range(90000) %}{% set x = a %}{% endfor %}",
                context()))
        .hasMessage("The chat template of m takes more than it may: more than 0 ms");
  }

  @Test
  void template_ends_whenItsTextNestsTooDeeply() {
    String deep = "{{ " + "(".repeat(20_000) + "1" + ")".repeat(20_000) + " }}";

    assertThatThrownBy(() -> renderer.render("The chat template of m", deep, context()))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageStartingWith("The chat template of m ");
  }

  @Test
  void template_endsWithASentence_whenItIsTooLong() {
    assertThatThrownBy(
            () -> renderer.render("The chat template of m", "x".repeat(200_000), context()))
        .hasMessage(
            "The chat template of m takes more than it may: more than 131072 characters of template");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{% if %}", "{{ 1 +", "{% for x in messages %}"})
  void template_endsWithASentence_whenItIsWrong(String template) {
    assertThatThrownBy(() -> renderer.render("The chat template of m", template, context()))
        .isInstanceOfSatisfying(
            ChatTemplateException.class, e -> assertThat(e.fault()).isEqualTo(Fault.TEMPLATE))
        .hasMessageStartingWith("The chat template of m cannot be rendered: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ constructor }}",
        "{{ __proto__ }}",
        "{{ Packages }}",
        "{{ java }}",
        "{{ globalThis }}"
      })
  void template_knowsNothing_ofTheWorldAroundIt(String template) {
    assertThat(renderer.render("m", template, context())).isEmpty();
  }

  @Test
  void rendering_goesOn_afterATemplateThatTookTooMuch() {
    assertThatThrownBy(() -> renderer.render("m", "{{ 'x' * 1000000000 }}", context()));

    assertThat(renderer.render("m", "{{ 'x' * 3 }}", context())).isEqualTo("xxx");
  }

  private static ObjectNode context() {
    ObjectNode context = JSON.createObjectNode();
    context.putArray("messages").addObject().put("role", "user").put("content", "hi");
    return context;
  }
}
