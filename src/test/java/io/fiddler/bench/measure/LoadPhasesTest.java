package io.fiddler.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.bench.report.BenchReport.LoadPhase;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.EngineStatus.Transfer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoadPhasesTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final List<EngineStatus> passedOn = new ArrayList<>();
  private final LoadPhases phases = new LoadPhases(passedOn::add, clock::get);

  private void loading(String phase, long afterSeconds) {
    phases.accept(new EngineStatus(EngineState.LOADING, phase, 0));
    clock.addAndGet(afterSeconds * SECOND);
  }

  private void moved(String phase, long bytes) {
    phases.accept(new EngineStatus(EngineState.LOADING, phase, 0, new Transfer(bytes, 12, 0)));
  }

  @Test
  void phases_areTimedFromOneToTheNext_withTheBytesTheyMoved() {
    loading("reading weights", 2);
    moved("reading weights", 12);
    moved("reading weights", 8);
    clock.addAndGet(SECOND);
    loading("measuring latencies: copies", 1);
    loading("measuring latencies: the CPU", 4);
    assertThat(phases.phases()).hasSize(1);
    phases.accept(new EngineStatus(EngineState.READY, "", 1));
    clock.addAndGet(SECOND);
    phases.accept(new EngineStatus(EngineState.CLOSED, "", 0));

    assertThat(phases.phases())
        .containsExactly(
            new LoadPhase("reading weights", 3, 12L, 4.0),
            new LoadPhase("measuring latencies", 5, null, null));
    assertThat(passedOn).hasSize(7);
  }
}
