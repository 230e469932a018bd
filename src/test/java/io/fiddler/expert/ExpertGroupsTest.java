package io.fiddler.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ExpertGroupsTest {
  @Test
  void group_ordersByExpertThenRow_andAssignmentsByRowThenExpert() {
    ExpertGroups groups = new ExpertGroups(6, 4);
    groups.group(new int[] {3, 1, 1, 0, 3, 0}, 3, 2, 4);

    assertThat(groups.numAssignments()).isEqualTo(6);
    assertThat(counts(groups)).containsExactly(2, 2, 0, 2);
    assertThat(offsets(groups)).containsExactly(0, 2, 4, 4);
    assertThat(groups.rowOfGrouped()).containsExactly(1, 2, 0, 1, 0, 2);
    assertThat(groups.routingOfAssignment()).containsExactly(1, 0, 3, 2, 5, 4);
    assertThat(groups.groupedOfAssignment()).containsExactly(2, 4, 0, 3, 1, 5);
  }

  @Test
  void group_keepsItsInvariants_whateverTheRouting() {
    long seed = 42;
    SplittableRandom random = new SplittableRandom(seed);
    ExpertGroups groups = new ExpertGroups(40 * 8, 128);
    for (int round = 0; round < 500; round++) {
      int numExperts = 1 + random.nextInt(128);
      int topK = 1 + random.nextInt(Math.min(8, numExperts));
      int rows = random.nextInt(41);
      int[] selected = routing(random, rows, topK, numExperts);
      groups.group(selected, rows, topK, numExperts);
      check(groups, selected, rows, topK, "seed %d round %d".formatted(seed, round));
    }
  }

  @Test
  void group_reads_onlyTheRowsGiven() {
    ExpertGroups groups = new ExpertGroups(8, 4);
    groups.group(new int[] {2, -1, -1}, 1, 1, 4);
    assertThat(counts(groups)).containsExactly(0, 0, 1, 0);
  }

  @Test
  void group_isRefused_whenAnExpertDoesNotExist() {
    ExpertGroups groups = new ExpertGroups(8, 8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> groups.group(new int[] {0, 4}, 1, 2, 4))
        .withMessage("selected experts must be in [0, 4), got 4 at 1");
  }

  @Test
  void group_isRefused_whenThereIsNoRoom() {
    ExpertGroups groups = new ExpertGroups(3, 8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> groups.group(new int[4], 2, 2, 8))
        .withMessage("room is for 3 assignments and 8 experts, got 4 and 8");
  }

  private static int[] routing(SplittableRandom random, int rows, int topK, int numExperts) {
    int[] selected = new int[rows * topK];
    for (int row = 0; row < rows; row++) {
      int[] experts = new int[numExperts];
      Arrays.setAll(experts, expert -> expert);
      for (int k = 0; k < topK; k++) {
        int other = k + random.nextInt(numExperts - k);
        selected[row * topK + k] = experts[other];
        experts[other] = experts[k];
      }
    }
    return selected;
  }

  private static void check(
      ExpertGroups groups, int[] selected, int rows, int topK, String context) {
    boolean[] seen = new boolean[rows * topK];
    int assignment = 0;
    for (int row = 0; row < rows; row++) {
      int earlier = -1;
      for (int k = 0; k < topK; k++, assignment++) {
        int routing = groups.routingOfAssignment()[assignment];
        int grouped = groups.groupedOfAssignment()[assignment];
        int expert = selected[routing];
        assertThat(routing / topK).as(context).isEqualTo(row);
        assertThat(expert).as(context).isGreaterThan(earlier);
        assertThat(groups.rowOfGrouped()[grouped]).as(context).isEqualTo(row);
        assertThat(grouped - groups.offset(expert))
            .as(context)
            .isBetween(0, groups.count(expert) - 1);
        assertThat(seen[grouped]).as(context).isFalse();
        seen[grouped] = true;
        earlier = expert;
      }
    }
    for (int expert = 0; expert < groups.numExperts(); expert++) {
      for (int i = 1; i < groups.count(expert); i++) {
        int at = groups.offset(expert) + i;
        assertThat(groups.rowOfGrouped()[at])
            .as(context)
            .isGreaterThan(groups.rowOfGrouped()[at - 1]);
      }
    }
  }

  private static int[] counts(ExpertGroups groups) {
    int[] counts = new int[groups.numExperts()];
    Arrays.setAll(counts, groups::count);
    return counts;
  }

  private static int[] offsets(ExpertGroups groups) {
    int[] offsets = new int[groups.numExperts()];
    Arrays.setAll(offsets, groups::offset);
    return offsets;
  }
}
