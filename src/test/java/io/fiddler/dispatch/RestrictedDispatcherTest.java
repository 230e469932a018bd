package io.fiddler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.expert.Way;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RestrictedDispatcherTest {
  private static final int SLICES = 6;
  private static final List<ExpertLoad> LOADS =
      List.of(new ExpertLoad(0, 3, false), new ExpertLoad(2, 1, true), new ExpertLoad(5, 2, false));

  @Test
  void dispatcher_isTheSame_whenNothingIsOff() {
    assertThat(RestrictedDispatcher.of(FixedDispatcher.SPLIT, Set.of()))
        .isSameAs(FixedDispatcher.SPLIT);
  }

  @ParameterizedTest
  @EnumSource(FixedDispatcher.class)
  void nothingIsStreamed_whenStreamingIsOff(FixedDispatcher inner) {
    Dispatcher dispatcher = RestrictedDispatcher.of(inner, EnumSet.of(Way.STREAMED, Way.SPLIT));
    assertThat(dispatcher.plan(LOADS, SLICES))
        .containsExactly(
            new ExpertDecision(0, 3, Way.HOST, SLICES),
            new ExpertDecision(2, 1, Way.RESIDENT, 0),
            new ExpertDecision(5, 2, Way.HOST, SLICES));
  }

  @ParameterizedTest
  @EnumSource(FixedDispatcher.class)
  void nothingIsOnTheHost_whenTheHostIsOff(FixedDispatcher inner) {
    Dispatcher dispatcher = RestrictedDispatcher.of(inner, EnumSet.of(Way.HOST, Way.SPLIT));
    assertThat(dispatcher.plan(LOADS, SLICES))
        .containsExactly(
            new ExpertDecision(0, 3, Way.STREAMED, 0),
            new ExpertDecision(2, 1, Way.RESIDENT, 0),
            new ExpertDecision(5, 2, Way.STREAMED, 0));
  }

  @Test
  void splits_goToTheHost_whenOnlyTheyAreOff() {
    Dispatcher dispatcher = RestrictedDispatcher.of(FixedDispatcher.SPLIT, Set.of(Way.SPLIT));
    assertThat(dispatcher.plan(LOADS, SLICES))
        .extracting(ExpertDecision::way)
        .containsExactly(Way.HOST, Way.RESIDENT, Way.HOST);
  }

  @Test
  void dispatcher_isRefused_whenNoWayIsLeft() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            RestrictedDispatcher.of(FixedDispatcher.HOST, EnumSet.of(Way.HOST, Way.STREAMED)));
  }
}
