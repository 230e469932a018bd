package io.fiddler.ops.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Phase;
import io.fiddler.ops.FakeEngine;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.placement.Placement.ScoredExpert;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ExpertMapsTest {
  private final FakeEngine engine = new FakeEngine();
  private final ExpertMaps maps = new ExpertMaps(engine);

  @Test
  void map_tellsSharesOfEachLayer() {
    engine.activate("a", Phase.PREFILL, 0, 1, 3);
    engine.activate("b", Phase.DECODE, 0, 3, 1);
    engine.activate("b", Phase.DECODE, 2, 0, 5);

    ExpertMap map = maps.draw();

    assertThat(map.layers()).containsExactly(4, 0, 4);
    assertThat(map.assignments()).isEqualTo(9);
    assertThat(shares(map.share())).containsExactly(0, 49151, 0, 16384, 65535, 0, 0, 0);
  }

  @Test
  void map_tellsLately_fromTheCountsOfAMinuteAgo() {
    engine.activate("a", Phase.DECODE, 0, 0, 100);
    maps.see(0);
    engine.activate("a", Phase.DECODE, 0, 2, 10);
    maps.see(Duration.ofSeconds(30).toNanos());

    assertThat(maps.draw().latelyAssignments()).isEqualTo(10);
    assertThat(shares(maps.draw().lately())).startsWith(0, 0, 65535, 0);

    maps.see(Duration.ofMinutes(2).toNanos());
    assertThat(maps.draw().latelyAssignments()).isZero();
  }

  @Test
  void map_tellsWhatChangedSinceTheVersionBefore() {
    apply(7, new ExpertId(0, 1), new ExpertId(2, 3));
    maps.see(1);
    assertThat(bits(maps.draw().resident())).containsExactly(1, 7);
    assertThat(maps.draw().changed()).isNull();
    assertThat(maps.draw().previousVersion()).isNull();

    apply(8, new ExpertId(0, 1), new ExpertId(2, 0));
    maps.see(2);
    maps.see(3);

    ExpertMap map = maps.draw();
    assertThat(map.version()).isEqualTo(8);
    assertThat(map.previousVersion()).isEqualTo(7);
    assertThat(bits(map.resident())).containsExactly(1, 4);
    assertThat(bits(String.valueOf(map.changed()))).containsExactly(4, 7);
  }

  private void apply(long version, ExpertId... experts) {
    engine
        .apply(
            new VersionedPlacement(
                version,
                new Placement(
                    Stream.of(experts).map(id -> new ScoredExpert(id, 1)).toList(),
                    "test",
                    Map.of(),
                    new HitRateForecast(0.5, 0.5, 0.5))))
        .join();
  }

  private static List<Integer> shares(String text) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
    return IntStream.range(0, bytes.limit() / 2)
        .mapToObj(i -> Short.toUnsignedInt(bytes.getShort(2 * i)))
        .toList();
  }

  private static List<Integer> bits(String text) {
    byte[] bytes = Base64.getDecoder().decode(text);
    return IntStream.range(0, 8 * bytes.length)
        .filter(i -> (bytes[i / 8] & 1 << i % 8) != 0)
        .boxed()
        .toList();
  }
}
