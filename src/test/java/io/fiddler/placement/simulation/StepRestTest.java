package io.fiddler.placement.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.placement.simulation.StepRest.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StepRestTest {
  @Test
  void rest_isConstantThenLinear_andGoesOnAsSteep() {
    StepRest rest = new StepRest(List.of(new Point(2, 100), new Point(4, 200), new Point(8, 240)));

    assertThat(rest.at(1)).isEqualTo(100);
    assertThat(rest.at(2)).isEqualTo(100);
    assertThat(rest.at(3)).isEqualTo(150);
    assertThat(rest.at(6)).isEqualTo(220);
    assertThat(rest.at(16)).isEqualTo(320);
  }

  @Test
  void rest_isConstant_whenOnePointIsKnown_andNothing_whenNone() {
    assertThat(new StepRest(List.of(new Point(4, 200))).at(64)).isEqualTo(200);
    assertThat(StepRest.none().at(64)).isZero();
  }

  @Test
  void points_areRefused_whenTheyAreNotInOrder() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StepRest(List.of(new Point(4, 200), new Point(4, 100))))
        .withMessage("points must be in order of rows, each once, got 4.0 after 4.0");
  }
}
