package io.fiddler.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ResidencyTest {
  private static final ExpertGrid GRID = new ExpertGrid(List.of(2, 0, 3));

  @Test
  void grid_countsThrough_layersWithoutExperts() {
    assertThat(GRID.size()).isEqualTo(5);
    for (int index = 0; index < GRID.size(); index++) {
      assertThat(GRID.indexOf(GRID.at(index))).isEqualTo(index);
    }
    assertThat(GRID.at(2)).isEqualTo(new ExpertId(2, 0));
  }

  @Test
  void grid_refuses_whatItDoesNotHave() {
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> GRID.indexOf(1, 0))
        .withMessage("expert must be in [0, 0) in layer 1, got 0");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> GRID.indexOf(3, 0))
        .withMessage("layer must be in [0, 3), got 3");
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> GRID.at(5));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ExpertGrid(List.of(1, -1)))
        .withMessageContaining("layer 1");
  }

  @Test
  void residency_isANewTable_afterEachChange() {
    Residency empty = Residency.empty(GRID);
    Residency one = empty.with(new ExpertId(2, 1), 7);
    Residency none = one.without(new ExpertId(2, 1)).following(3);

    assertThat(empty.isResident(2, 1)).isFalse();
    assertThat(one.isResident(2, 1)).isTrue();
    assertThat(one.frameOf(2, 1)).isEqualTo(7);
    assertThat(one.size()).isEqualTo(1);
    assertThat(one.experts()).containsExactly(new ExpertId(2, 1));
    assertThat(none.size()).isZero();
    assertThat(none.epoch()).isEqualTo(2);
    assertThat(none.placementVersion()).isEqualTo(3);
  }

  @Test
  void residency_refuses_whatCannotBe() {
    Residency one = Residency.empty(GRID).with(new ExpertId(0, 0), 1);
    assertThatIllegalStateException()
        .isThrownBy(() -> one.with(new ExpertId(0, 1), 1))
        .withMessage("frame 1 holds expert 0.0 already, got expert 0.1");
    assertThatIllegalStateException()
        .isThrownBy(() -> one.with(new ExpertId(0, 0), 2))
        .withMessage("expert 0.0 is resident already");
    assertThatIllegalStateException()
        .isThrownBy(() -> one.without(new ExpertId(0, 1)))
        .withMessage("expert 0.1 is not resident");
    assertThatIllegalStateException()
        .isThrownBy(() -> one.frameOf(0, 1))
        .withMessage("expert 0.1 is not resident");
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> one.with(new ExpertId(0, 1), -1));
  }
}
