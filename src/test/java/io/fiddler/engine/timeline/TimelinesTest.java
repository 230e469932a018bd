package io.fiddler.engine.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fiddler.device.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class TimelinesTest {
  private final List<RecordedStep> observed = new ArrayList<>();
  private final Timelines timelines = new Timelines(3, observed::add);

  @Test
  void oneStepInSoMany_isRecorded() {
    List<Boolean> on = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      on.add(step(timelines));
    }
    assertThat(on).containsExactly(false, false, true, false, false, true, false);
    assertThat(observed).hasSize(2);
    assertThat(observed.getFirst().decodeRows()).isEqualTo(2);
    assertThat(observed.getFirst().intervals())
        .extracting(LaneInterval::lane)
        .containsExactly(TimelineLane.HOST, TimelineLane.STEP);
  }

  @Test
  void trace_recordsTheNextSteps() {
    step(timelines);
    CompletableFuture<List<LaneInterval>> trace = timelines.trace(2);
    step(timelines);
    assertThat(trace).isNotDone();
    step(timelines);
    assertThat(trace).isCompleted();
    assertThat(trace.join()).hasSize(4);
    assertThat(step(timelines)).isFalse();
    assertThat(timelines.trace(1)).isNotDone(); // another one may follow
  }

  @Test
  void trace_isRefused_whenAnotherOneIsUnderWay_untilThatIsCancelled() {
    CompletableFuture<List<LaneInterval>> first = timelines.trace(1);
    assertThatIllegalStateException()
        .isThrownBy(() -> timelines.trace(1))
        .withMessageContaining("another trace");
    first.cancel(false);
    assertThat(step(timelines)).isFalse();
    CompletableFuture<List<LaneInterval>> second = timelines.trace(1);
    step(timelines);
    assertThat(second).isCompleted();
  }

  @Test
  void trace_isRefused_whenItIsTooLongOrRecordingIsOff() {
    for (int steps : new int[] {0, -1, Timelines.MAX_TRACE_STEPS + 1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> timelines.trace(steps))
          .withMessage("steps must be in [1, 256], got " + steps);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> Timelines.off().trace(1))
        .withMessageContaining("fiddler.dispatch.timeline-every");
  }

  @Test
  void trace_fails_whenTheEngineIsClosed() {
    CompletableFuture<List<LaneInterval>> trace = timelines.trace(1);
    timelines.close();
    assertThat(trace).isCompletedExceptionally();
  }

  @Test
  void step_isForgotten_whenItFailed() {
    step(timelines);
    step(timelines);
    assertThat(timelines.begin().isOn()).isTrue(); // and is never ended
    step(timelines);
    assertThat(observed).isEmpty();
  }

  @Test
  void events_areAskedWhenTheStepIsOver_andThoseNotDoneAreLeftOut() {
    Moment start = new Moment(40);
    Moment end = new Moment(70);
    Moment never = new Moment(0);
    timelines.begin();
    timelines.begin();
    LaneRecorder recorder = timelines.begin();
    recorder.interval(TimelineLane.COPY, LaneWork.of("copy", 1, 1), start, end);
    recorder.interval(TimelineLane.COPY, LaneWork.of("later", 1, 1), end, never);
    start.done = true;
    end.done = true;
    timelines.end(1, 0, 0, 100);
    assertThat(observed.getFirst().intervals())
        .filteredOn(interval -> interval.lane() == TimelineLane.COPY)
        .containsExactly(new LaneInterval(TimelineLane.COPY, LaneWork.of("copy", 1, 1), 40, 70));
  }

  private static boolean step(Timelines timelines) {
    LaneRecorder recorder = timelines.begin();
    if (recorder.isOn()) {
      recorder.interval(TimelineLane.HOST, LaneWork.of("compute", 0, 2), 10, 20);
    }
    timelines.end(0, 2, 0, 100);
    return recorder.isOn();
  }

  /// An event that is done when the test says so.
  private static final class Moment implements Event {
    private final long nanos;
    private boolean done;

    Moment(long nanos) {
      this.nanos = nanos;
    }

    @Override
    public boolean isDone() {
      return done;
    }

    @Override
    public void await() {
      throw new AssertionError("a timeline must not wait");
    }

    @Override
    public long doneNanos() {
      return nanos;
    }
  }
}
