package io.fiddler.ops.dashboard.live;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// Brings what the one sampler sees to any number of viewers. A viewer who is slower than the
/// seconds misses some of them: nothing is queued for it. Thread-safe.
public final class LiveFeed {
  /// Most viewers at once.
  public static final int MAX_VIEWERS = 64;

  private final Sinks.Many<Tick> ticks = Sinks.many().replay().latest();
  private final AtomicInteger viewers = new AtomicInteger();
  private final Supplier<String> history;

  /// @param history the curves so far, as JSON
  LiveFeed(Supplier<String> history) {
    this.history = history;
  }

  /// The events of one viewer, endless until the service stops: `history` once, `live` every
  /// second, `experts` when the map has changed.
  ///
  /// Ends at once where there are too many viewers.
  public Flux<ServerSentEvent<String>> events() {
    return Flux.defer(() -> {
      if (viewers.incrementAndGet() > MAX_VIEWERS) {
        viewers.decrementAndGet();
        return Flux.empty();
      }
      return ticks
          .asFlux()
          .onBackpressureLatest()
          .concatMapIterable(new Viewer(history), 1)
          .doFinally(_ -> viewers.decrementAndGet());
    });
  }

  /// Whether one more viewer would be too many.
  public boolean isFull() {
    return viewers.get() >= MAX_VIEWERS;
  }

  /// How many are watching.
  int viewers() {
    return viewers.get();
  }

  /// Shows a second to all viewers; of one thread.
  void show(Tick tick) {
    ticks.tryEmitNext(tick);
  }

  /// Ends all streams, and those to come.
  void end() {
    ticks.tryEmitComplete();
  }

  /// Turns ticks into the events of one viewer, who has seen some.
  private static final class Viewer implements Function<Tick, List<ServerSentEvent<String>>> {
    private final Supplier<String> history;
    private boolean begun;
    private long seen;

    Viewer(Supplier<String> history) {
      this.history = history;
    }

    @Override
    public List<ServerSentEvent<String>> apply(Tick tick) {
      List<ServerSentEvent<String>> events = new ArrayList<>();
      if (!begun) {
        begun = true;
        events.add(event("history", history.get()));
      }
      String experts = tick.experts();
      if (experts != null && tick.drawn() != seen) {
        seen = tick.drawn();
        events.add(event("experts", experts));
      }
      events.add(event("live", tick.live()));
      return events;
    }

    private static ServerSentEvent<String> event(String name, String json) {
      return ServerSentEvent.<String>builder(json).event(name).build();
    }
  }
}
