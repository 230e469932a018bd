package io.fiddler.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OpenResourcesTest {
  private final OpenResources resources = new OpenResources();
  private final List<String> closed = new ArrayList<>();

  private Object open(String name, boolean fails) {
    return resources.add(
        new Object(),
        () -> {
          closed.add(name);
          if (fails) {
            throw new IllegalStateException(name);
          }
        });
  }

  @Test
  void closeAll_closesInReverseOrder_evenIfSomeFail() {
    open("first", true);
    open("second", false);
    open("third", true);
    assertThatIllegalStateException()
        .isThrownBy(resources::closeAll)
        .withMessage("third")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(closed).containsExactly("third", "second", "first");
    resources.closeAll();
    assertThat(closed).hasSize(3);
  }

  @Test
  void remove_saysWhetherItWasOpen_onlyOnce() {
    Object resource = open("only", false);
    assertThat(resources.count(Object.class)).isEqualTo(1);
    assertThat(resources.remove(resource)).isTrue();
    assertThat(resources.remove(resource)).isFalse();
    resources.closeAll();
    assertThat(closed).isEmpty();
  }
}
