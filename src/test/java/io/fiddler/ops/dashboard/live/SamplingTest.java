package io.fiddler.ops.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.AssignmentCounts;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.StepReport;
import io.fiddler.engine.TouchedExperts;
import io.fiddler.expert.Phase;
import io.fiddler.ops.FakeEngine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class SamplingTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

  private final FakeEngine engine = new FakeEngine();
  private final EngineWork work = new EngineWork();
  private final History history = new History(3);
  private final LiveFeed feed = new LiveFeed(() -> "[]");
  private final List<String> names = new ArrayList<>();
  private final List<JsonNode> events = new ArrayList<>();
  private long nanos;
  private final Sampling sampling =
      new Sampling(
          new LiveSampler(
              engine, work, new LatestGenerations(), history, Clock.fixed(NOW, ZoneOffset.UTC)),
          new ExpertMaps(engine),
          feed,
          () -> nanos);

  @Test
  void sample_tellsHowFarLoadingIs_andNothingOfExperts() {
    engine.become(EngineState.LOADING, "reading weights", 0.25);
    watch();
    seconds(2);

    JsonNode live = latest("live");
    assertThat(live.get("state").asString()).isEqualTo("loading");
    assertThat(live.get("phase").asString()).isEqualTo("reading weights");
    assertThat(live.get("progress").asDouble()).isEqualTo(0.25);
    assertThat(live.get("placement").isNull()).isTrue();
    assertThat(names).doesNotContain("experts");
    assertThat(history.points()).isEmpty();
  }

  @Test
  void sample_tellsRatesOfTenSecondsAndTheHitRateOfAMinute() {
    watch();
    seconds(1);
    for (int i = 0; i < 20; i++) {
      work.onStep(step(30, 2, new AssignmentCounts(3, 1, 0, 0)));
      seconds(1);
    }

    JsonNode live = latest("live");
    assertThat(live.get("promptTokensPerSecond").asDouble()).isEqualTo(30);
    assertThat(live.get("decodedTokensPerSecond").asDouble()).isEqualTo(2);
    assertThat(live.get("hitRate").asDouble()).isEqualTo(0.75);
    assertThat(live.get("stepMillis").asDouble()).isEqualTo(500);
    assertThat(live.at("/lanes/step").asDouble()).isEqualTo(0.5);
    assertThat(live.at("/lanes/host").asDouble()).isEqualTo(0.1);
    assertThat(live.get("running").asInt()).isEqualTo(2);
    assertThat(live.get("queued").asInt()).isEqualTo(1);
  }

  @Test
  void points_comeEveryFiveSamples_andTheOldestGiveWay() {
    watch();
    seconds(26);

    assertThat(history.points()).hasSize(3);
    assertThat(history.points().getLast().time()).isEqualTo(NOW.getEpochSecond());
    assertThat(
            events.stream()
                .filter(event -> event.has("point") && !event.get("point").isNull())
                .count())
        .isEqualTo(5);
  }

  @Test
  void map_isDrawnForWhoeverComesFirst_thenOnlyWhileWatched() {
    seconds(1);
    engine.activate("a", Phase.DECODE, 0, 1, 5);
    seconds(10);
    watch();
    assertThat(latest("experts").get("assignments").asLong()).isZero();

    seconds(4);
    assertThat(latest("experts").get("assignments").asLong()).isEqualTo(5);
    assertThat(names.stream().filter("experts"::equals).count()).isEqualTo(2);
  }

  private void watch() {
    feed.events()
        .subscribe(event -> {
          names.add(String.valueOf(event.event()));
          events.add(JsonMapper.shared().readTree(String.valueOf(event.data())));
        });
  }

  private void seconds(int count) {
    for (int i = 0; i < count; i++) {
      nanos += SECOND;
      sampling.take();
    }
  }

  private JsonNode latest(String name) {
    return events.get(names.lastIndexOf(name));
  }

  private static StepReport step(int promptRows, int decodeRows, AssignmentCounts counts) {
    return new StepReport(
        promptRows,
        decodeRows,
        AssignmentCounts.NONE,
        counts,
        TouchedExperts.NONE,
        0,
        0,
        SECOND / 2,
        SECOND / 10,
        StepReport.Scheduling.of(2, 1),
        1);
  }
}
