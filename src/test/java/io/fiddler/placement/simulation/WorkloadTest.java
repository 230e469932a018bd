package io.fiddler.placement.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.dispatch.StepBudget;
import io.fiddler.expert.ExpertTrace;
import io.fiddler.kvcache.BlockPool;
import io.fiddler.scheduler.Batch;
import io.fiddler.scheduler.Batch.Chunk;
import io.fiddler.scheduler.Scheduler;
import io.fiddler.scheduler.SequenceGroup;
import io.fiddler.scheduler.Standing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WorkloadTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 64, 64", "2, 3, 20, 8", "3, 5, 16, 1", "4, 16, 16, 4"})
  void steps_areThoseOfTheEnginesScheduler(
      long seed, int concurrency, int alone, int besideDecodes) {
    List<ExpertTrace> traces =
        RandomTraces.traces(seed, 12).stream().map(TimedTrace::trace).toList();
    Workload workload =
        Workload.of(RandomTraces.MODEL, traces, concurrency, new StepBudget(alone, besideDecodes));

    List<List<Integer>> steps = new ArrayList<>();
    for (int step = 0; step < workload.numSteps(); step++) {
      steps.add(List.of(workload.decodeRows(step), workload.rows(step)));
    }

    assertThat(steps)
        .as("seed %d", seed)
        .isEqualTo(scheduled(traces, concurrency, alone, besideDecodes));
    assertThat(workload.rows()).isEqualTo(traces.stream().mapToInt(ExpertTrace::tokens).sum());
  }

  private static List<List<Integer>> scheduled(
      List<ExpertTrace> traces, int concurrency, int alone, int besideDecodes) {
    Scheduler scheduler =
        new Scheduler(new BlockPool(1_000, 16), concurrency, alone, besideDecodes);
    Map<SequenceGroup, Integer> left = new HashMap<>();
    for (ExpertTrace trace : traces) {
      SequenceGroup group =
          new SequenceGroup(
              new int[trace.promptTokens()],
              trace.tokens() - trace.promptTokens() + 1,
              Standing.ORDINARY);
      left.put(group, trace.tokens());
      scheduler.submit(group);
    }
    List<List<Integer>> steps = new ArrayList<>();
    for (Batch batch = scheduler.next(0); batch.rows() > 0; batch = scheduler.next(0)) {
      steps.add(
          List.of(
              (int) batch.chunks().stream().filter(chunk -> !chunk.isPrefill()).count(),
              batch.rows()));
      scheduler.done(batch);
      for (Chunk chunk : batch.chunks()) {
        SequenceGroup group = chunk.sequence().group();
        if (left.merge(group, -chunk.count(), Integer::sum) == 0) {
          scheduler.remove(group);
        } else if (group.isReady()) {
          group.proceed(0);
        }
      }
    }
    return steps;
  }

  @Test
  void nextUse_namesTheNextPlaceOfTheSameExpert() {
    Workload workload =
        Workload.of(
            RandomTraces.MODEL,
            List.of(RandomTraces.trace(new SplittableRandom(5), RandomTraces.MODEL, 3, 20, 0)),
            1,
            new StepBudget(8, 8));
    char[] experts = workload.experts();
    for (int place = 0; place < experts.length; place++) {
      int next = place + 1;
      while (next < experts.length && experts[next] != experts[place]) {
        next++;
      }
      assertThat(workload.nextUse()[place]).isEqualTo(next);
    }
  }

  @Test
  void traces_areRefused_whenTheyAreOfAnotherModel() {
    ExpertTrace other = new ExpertTrace(1, 1, 2, 2, new short[4]);
    ExpertTrace beyond = new ExpertTrace(1, 1, 3, 2, new short[] {0, 1, 0, 8, 0, 1});

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.of(RandomTraces.MODEL, List.of(other), 1, new StepBudget(8, 8)))
        .withMessage("traces must be of 3 layers with experts and 2 experts a token, got 2 and 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Workload.of(RandomTraces.MODEL, List.of(beyond), 1, new StepBudget(8, 8)))
        .withMessage("a trace chooses experts in [0, 8), got 8");
  }
}
