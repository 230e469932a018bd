package io.fiddler.ops.dashboard.live;

import io.fiddler.engine.EngineNotReadyException;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Takes a sample and shows it to the viewers. Of one thread.
final class Sampling {
  /// How many samples lie between two maps of a model with this many experts: a small one is sent
  /// every two seconds, one of thousands every five.
  private static final int SMALL = 2;

  private static final int LARGE = 5;
  private static final int LARGE_FROM = 4_096;

  private final LiveSampler sampler;
  private final ExpertMaps maps;
  private final LiveFeed feed;
  private final LongSupplier nanoTime;
  private final JsonMapper json = JsonMapper.shared();
  private @Nullable ExpertMap latest;
  private @Nullable String latestJson;
  private long drawn;
  private int untilNext;

  /// @param nanoTime as [System#nanoTime]
  Sampling(LiveSampler sampler, ExpertMaps maps, LiveFeed feed, LongSupplier nanoTime) {
    this.sampler = sampler;
    this.maps = maps;
    this.feed = feed;
    this.nanoTime = nanoTime;
  }

  /// One sample.
  void take() {
    long nanos = nanoTime.getAsLong();
    Live live = sampler.sample(nanos);
    if (live.placement() != null) {
      look(nanos);
    }
    feed.show(new Tick(json.writeValueAsString(live), latestJson, drawn));
  }

  private void look(long nanos) {
    try {
      maps.see(nanos);
      // The first is drawn for whoever comes first, the others only while somebody watches.
      if (--untilNext <= 0 && (latest == null || feed.viewers() > 0)) {
        draw();
      }
    } catch (EngineNotReadyException closedMeanwhile) {
      untilNext = 0;
    }
  }

  private void draw() {
    ExpertMap map = maps.draw();
    long experts = map.layers().stream().mapToLong(Integer::longValue).sum();
    untilNext = experts < LARGE_FROM ? SMALL : LARGE;
    if (!Objects.equals(map, latest)) {
      latest = map;
      latestJson = json.writeValueAsString(map);
      drawn++;
    }
  }
}
