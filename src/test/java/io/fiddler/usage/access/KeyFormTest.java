package io.fiddler.usage.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyFormTest {
  @ParameterizedTest
  @ValueSource(strings = {"admin", " Admin ", "operator", "command", "command:root", "COMMAND:"})
  void name_isRefused_whenOthersActUnderIt(String name) {
    String sentence =
        "name must not be admin, operator, command or command:..., under which others' actions stand, got \"%s\""
            .formatted(name.strip());
    assertThatThrownBy(() -> named(name).settings())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(sentence);
    KeySettings before = named("app").settings();
    assertThatThrownBy(() -> named(name).over(before)).hasMessage(sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"operator anna", "admins", "team:command", "commander"})
  void name_isTaken_whenItOnlyBeginsLikeThose(String name) {
    assertThat(named(name).settings().name()).isEqualTo(name);
  }

  @Test
  void name_isKept_whenItWasGivenBeforeThisRule() {
    KeySettings app = named("app").settings();
    KeySettings before =
        new KeySettings("admin", "default", app.scopes(), KeyLimits.NONE, 0, null, null);
    assertThat(named(null).over(before)).isEqualTo(before);
  }

  private static KeyForm named(@Nullable String name) {
    return new KeyForm(name, null, null, null, null, null, null, null, null, null);
  }
}
