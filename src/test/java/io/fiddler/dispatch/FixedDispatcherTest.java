package io.fiddler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.expert.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FixedDispatcherTest {
  private static final List<ExpertLoad> LOADS =
      List.of(new ExpertLoad(0, 3, false), new ExpertLoad(2, 1, true), new ExpertLoad(5, 2, false));

  @Test
  void host_computesThereWhatIsNotResident() {
    assertThat(FixedDispatcher.HOST.plan(LOADS, 4))
        .containsExactly(
            new ExpertDecision(0, 3, Way.HOST, 4),
            new ExpertDecision(2, 1, Way.RESIDENT, 0),
            new ExpertDecision(5, 2, Way.HOST, 4));
  }

  @Test
  void stream_copiesWhatIsNotResident() {
    assertThat(FixedDispatcher.STREAM.plan(LOADS, 4))
        .containsExactly(
            new ExpertDecision(0, 3, Way.STREAMED, 0),
            new ExpertDecision(2, 1, Way.RESIDENT, 0),
            new ExpertDecision(5, 2, Way.STREAMED, 0));
  }

  @Test
  void split_givesHalfTheSlicesToTheHost_andAtLeastOneToEachSide() {
    for (int numSlices = 2; numSlices <= 15; numSlices++) {
      assertThat(FixedDispatcher.SPLIT.plan(LOADS, numSlices))
          .containsExactly(
              new ExpertDecision(0, 3, Way.SPLIT, numSlices / 2),
              new ExpertDecision(2, 1, Way.RESIDENT, 0),
              new ExpertDecision(5, 2, Way.SPLIT, numSlices / 2));
    }
  }

  @Test
  void split_staysOnTheHost_whenThereIsOneSlice() {
    assertThat(FixedDispatcher.SPLIT.plan(LOADS, 1))
        .containsExactly(
            new ExpertDecision(0, 3, Way.HOST, 1),
            new ExpertDecision(2, 1, Way.RESIDENT, 0),
            new ExpertDecision(5, 2, Way.HOST, 1));
  }

  @Test
  void plan_isEmpty_whenNothingIsAsked() {
    for (FixedDispatcher dispatcher : FixedDispatcher.values()) {
      assertThat(dispatcher.plan(List.of(), 4)).isEmpty();
    }
  }
}
