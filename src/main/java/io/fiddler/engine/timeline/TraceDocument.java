package io.fiddler.engine.timeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Intervals in the [Trace Event
/// Format](https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), which
/// [Perfetto](https://ui.perfetto.dev) and `chrome://tracing` open. Lanes are threads; the clock
/// begins with the first interval.
///
/// @param displayTimeUnit unit the viewer shows
/// @param traceEvents names of the lanes, then the intervals
public record TraceDocument(String displayTimeUnit, List<Map<String, Object>> traceEvents) {
  private static final int PROCESS = 1;
  private static final double NANOS_PER_MICRO = 1e3;

  public TraceDocument {
    traceEvents = List.copyOf(traceEvents);
  }

  /// The trace of these intervals, which may be in any order.
  public static TraceDocument of(List<LaneInterval> intervals) {
    List<Map<String, Object>> events = new ArrayList<>();
    events.add(metadata("process_name", 0, Map.of("name", "fiddler")));
    for (TimelineLane lane : TimelineLane.values()) {
      events.add(metadata("thread_name", lane.ordinal(), Map.of("name", nameOf(lane))));
      events.add(
          metadata("thread_sort_index", lane.ordinal(), Map.of("sort_index", lane.ordinal())));
    }
    if (!intervals.isEmpty()) {
      long any = intervals.getFirst().startNanos(); // only differences of nanoTime compare
      long first = any + intervals.stream().mapToLong(i -> i.startNanos() - any).min().orElse(0);
      intervals.forEach(interval -> events.add(event(interval, first)));
    }
    return new TraceDocument("ms", events);
  }

  private static Map<String, Object> metadata(String name, int thread, Map<String, Object> args) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("name", name);
    event.put("ph", "M");
    event.put("pid", PROCESS);
    event.put("tid", thread);
    event.put("args", args);
    return event;
  }

  private static Map<String, Object> event(LaneInterval interval, long firstNanos) {
    Map<String, Object> event = new LinkedHashMap<>();
    event.put("name", interval.work().title());
    event.put("cat", nameOf(interval.lane()));
    event.put("ph", "X");
    event.put("ts", (interval.startNanos() - firstNanos) / NANOS_PER_MICRO);
    event.put("dur", interval.nanos() / NANOS_PER_MICRO);
    event.put("pid", PROCESS);
    event.put("tid", interval.lane().ordinal());
    event.put("args", args(interval.work()));
    return event;
  }

  private static Map<String, Object> args(LaneWork work) {
    Map<String, Object> args = new LinkedHashMap<>();
    args.put("rows", work.rows());
    if (work.layer() >= 0) {
      args.put("layer", work.layer());
    }
    if (!work.parts().isEmpty()) {
      args.put("experts", work.parts());
    }
    if (work.bytes() > 0) {
      args.put("bytes", work.bytes());
    }
    if (!work.way().isEmpty()) {
      args.put("way", work.way());
    }
    return args;
  }

  private static String nameOf(TimelineLane lane) {
    return switch (lane) {
      case STEP -> "steps";
      case HOST -> "host (CPU workers)";
      case COPY -> "copy engine";
      case COMPUTE -> "device compute";
    };
  }
}
