package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.expert.Way;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.kernel.Routing;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerPlanTest {
  @Test
  void parts_putTheHostFirst_thenTheDevice_thenSeparateSlices() {
    LayerPlan plan =
        new LayerPlan(
            List.of(
                new ExpertDecision(0, 3, Way.RESIDENT, 0),
                new ExpertDecision(2, 2, Way.SPLIT, 1),
                new ExpertDecision(5, 4, Way.HOST, 4),
                new ExpertDecision(6, 1, Way.STREAMED, 0)),
            4,
            SliceSums.ONE_BY_ONE);
    assertThat(plan.hostParts()).isEqualTo(6);
    assertThat(plan.firstPart(1)).isZero();
    assertThat(plan.firstPart(2)).isEqualTo(2);
    assertThat(plan.firstPart(0)).isEqualTo(6);
    assertThat(plan.firstPart(3)).isEqualTo(9);
    assertThat(plan.slicePart(1, 1)).isEqualTo(10);
    assertThat(plan.streamedSlices(1)).isEqualTo(3);
    assertThat(plan.streamedSlices(3)).isEqualTo(4);
    assertThat(plan.streamedSlices(2)).isZero();
  }

  @Test
  void parts_haveOneRowForTheDevicesSlices_whenTheyAreSummedTogether() {
    List<ExpertDecision> decisions =
        List.of(new ExpertDecision(2, 2, Way.SPLIT, 1), new ExpertDecision(5, 3, Way.SPLIT, 2));
    LayerPlan plan = new LayerPlan(decisions, 4, SliceSums.TOGETHER);
    assertThat(plan.hostParts()).isEqualTo(5);
    assertThat(plan.slicePart(0, 1)).isEqualTo(5);
    assertThat(plan.slicePart(0, 3)).isEqualTo(5);
    assertThat(plan.slicePart(1, 2)).isEqualTo(7);
    assertThat(plan.sliceOutput(0, 1)).isEqualTo(Output.SET);
    assertThat(plan.sliceOutput(0, 3)).isEqualTo(Output.ADD);
  }

  @Test
  void limitSplits_keepsWhole_whatTheSeparateSlicesHaveNoRoomFor() {
    List<ExpertDecision> limited =
        LayerPlan.limitSplits(
            List.of(
                new ExpertDecision(0, 2, Way.SPLIT, 2),
                new ExpertDecision(1, 3, Way.SPLIT, 2),
                new ExpertDecision(2, 1, Way.STREAMED, 0),
                new ExpertDecision(4, 9, Way.SPLIT, 1)),
            4,
            SliceSums.ONE_BY_ONE,
            5);
    assertThat(limited)
        .containsExactly(
            new ExpertDecision(0, 2, Way.SPLIT, 2),
            new ExpertDecision(1, 3, Way.HOST, 4),
            new ExpertDecision(2, 1, Way.STREAMED, 0),
            new ExpertDecision(4, 9, Way.STREAMED, 0));
  }

  /// What a reproducible run relies on: see `MemoryNeedsTest` for that room.
  @Test
  void limitSplits_changesNothing_whenThereIsAPartForEveryRow() {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int rows = 1 + random.nextInt(200);
      ExpertGroups groups = new ExpertGroups(rows * 2, 8);
      groups.group(randomRouting(random, rows, 8, 2).selectedExperts(), rows, 2, 8);
      List<ExpertDecision> decisions = randomDecisions(random, groups, 5);
      assertThat(LayerPlan.limitSplits(decisions, 5, SliceSums.TOGETHER, rows * 2))
          .as("seed %d", seed)
          .isEqualTo(decisions);
    }
  }

  /// Every part is written by exactly one lane and read by exactly one assignment, whatever the
  /// decisions.
  @ParameterizedTest
  @EnumSource
  void combine_readsEveryPartOnce(SliceSums sums) {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int rows = 1 + random.nextInt(20);
      int numExperts = 4 + random.nextInt(8);
      int topK = 1 + random.nextInt(3);
      int numSlices = 1 + random.nextInt(5);
      Routing routing = randomRouting(random, rows, numExperts, topK);
      ExpertGroups groups = new ExpertGroups(rows * topK, numExperts);
      groups.group(routing.selectedExperts(), rows, topK, numExperts);
      LayerPlan plan = new LayerPlan(randomDecisions(random, groups, numSlices), numSlices, sums);
      CombineInput combine = plan.combine(groups, routing);

      BitSet read = new BitSet();
      int reads = 0;
      for (int a = 0; a < rows * topK; a++) {
        read.set(combine.firstPart()[a]);
        reads++;
        for (int i = 0; i < combine.nextCount()[a]; i++) {
          read.set(combine.nextPart()[a] + i * combine.stride()[a]);
          reads++;
        }
      }
      int parts = 0;
      for (int i = 0; i < plan.decisions().size(); i++) {
        ExpertDecision decision = plan.decisions().get(i);
        parts += decision.rows();
        if (decision.way() == Way.SPLIT) {
          parts += sums.parts(decision.rows(), plan.streamedSlices(i));
        }
      }
      assertThat(reads).as("seed %d", seed).isEqualTo(parts);
      assertThat(read.cardinality()).as("seed %d", seed).isEqualTo(parts);
      assertThat(read.length()).as("seed %d", seed).isEqualTo(parts);
    }
  }

  private static Routing randomRouting(
      SplittableRandom random, int rows, int numExperts, int topK) {
    Routing routing = new Routing(rows, topK);
    for (int row = 0; row < rows; row++) {
      int[] chosen = random.ints(0, numExperts).distinct().limit(topK).toArray();
      System.arraycopy(chosen, 0, routing.selectedExperts(), row * topK, topK);
    }
    routing.rows(rows);
    return routing;
  }

  private static List<ExpertDecision> randomDecisions(
      SplittableRandom random, ExpertGroups groups, int numSlices) {
    List<ExpertDecision> decisions = new ArrayList<>();
    for (int expert = 0; expert < groups.numExperts(); expert++) {
      int rows = groups.count(expert);
      if (rows > 0) {
        int hostSlices = random.nextInt(numSlices + 1);
        Way way = hostSlices == 0 ? Way.STREAMED : hostSlices == numSlices ? Way.HOST : Way.SPLIT;
        if (random.nextInt(3) == 0) {
          way = Way.RESIDENT;
          hostSlices = 0;
        }
        decisions.add(new ExpertDecision(expert, rows, way, hostSlices));
      }
    }
    return decisions;
  }
}
