package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.engine.timeline.LaneRecorder;
import io.fiddler.engine.timeline.LaneWork;
import io.fiddler.engine.timeline.LaneWork.Part;
import io.fiddler.engine.timeline.TimelineLane;
import io.fiddler.expert.Way;
import io.fiddler.kernel.ExpertSegment.Started;
import io.fiddler.tensor.ExpertFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Notes what the lanes do in a step that is recorded; in others it does nothing, for next to
/// nothing. Used from the step thread.
final class LaneNotes {
  private final Device device;
  private LaneRecorder recorder = LaneRecorder.OFF;

  LaneNotes(Device device) {
    this.device = device;
  }

  /// Where notes go from now on.
  void to(LaneRecorder next) {
    recorder = next;
  }

  boolean isOn() {
    return recorder.isOn();
  }

  /// The host computed its share of a layer.
  void host(LayerWork work, long startNanos, long endNanos) {
    if (!isOn()) {
      return;
    }
    List<Part> parts = new ArrayList<>();
    int rows = 0;
    long slices = 0;
    for (ExpertDecision decision : work.plan().decisions()) {
      if (decision.hostSlices() > 0) {
        parts.add(part(work, decision, 0, decision.hostSlices()));
        rows += decision.rows();
        slices += decision.hostSlices();
      }
    }
    long bytes = slices * work.weights().format().sliceSizeBytes();
    LaneWork what = new LaneWork("compute", work.layer(), parts, rows, bytes, "host");
    recorder.interval(TimelineLane.HOST, what, startNanos, endNanos);
  }

  /// The same for work that was begun and has been finished.
  void host(LayerWork work, Started finished) {
    host(work, finished.startNanos(), finished.endNanos());
  }

  /// Where the compute lane is now; null if the step is not recorded.
  @Nullable Event mark() {
    return isOn() ? device.compute().record() : null;
  }

  /// The compute lane did the dense part of a layer, or of the step, since `begin`.
  ///
  /// @param layer -1 for none
  void dense(String name, int layer, int rows, @Nullable Event begin) {
    if (begin != null) {
      recorder.interval(
          TimelineLane.COMPUTE, LaneWork.of(name, layer, rows), begin, device.compute().record());
    }
  }

  /// The compute lane computed all resident experts of a layer since `begin`.
  void resident(LayerWork work, @Nullable Event begin) {
    if (begin == null) {
      return;
    }
    List<Part> parts = new ArrayList<>();
    int rows = 0;
    int numSlices = work.weights().format().numSlices();
    for (ExpertDecision decision : work.plan().decisions()) {
      if (decision.way() == Way.RESIDENT) {
        parts.add(part(work, decision, 0, numSlices));
        rows += decision.rows();
      }
    }
    long bytes = parts.size() * work.weights().format().expertSizeBytes();
    LaneWork what = new LaneWork("compute", work.layer(), parts, rows, bytes, lower(Way.RESIDENT));
    recorder.interval(TimelineLane.COMPUTE, what, begin, device.compute().record());
  }

  /// The compute lane computed slices of a streamed expert since `begin`.
  void streamed(
      LayerWork work, ExpertDecision decision, int slice, int count, @Nullable Event begin) {
    if (begin != null) {
      LaneWork what =
          LaneWork.of(
              "compute",
              work.layer(),
              part(work, decision, slice, count),
              count * work.weights().format().sliceSizeBytes(),
              lower(decision.way()));
      recorder.interval(TimelineLane.COMPUTE, what, begin, device.compute().record());
    }
  }

  /// Slices of an expert are on their way.
  void sent(LayerWork work, ExpertDecision decision, int slice, int count, Shipment shipment) {
    if (isOn()) {
      Part part = part(work, decision, slice, count);
      long bytes = count * work.weights().format().sliceSizeBytes();
      sent(shipment, LaneWork.of("copy", work.layer(), part, bytes, lower(decision.way())));
    }
  }

  /// Slices of an expert that is expected to get rows are on their way.
  void sentAhead(
      int layer, ExpertFormat format, int expert, int slice, int count, Shipment shipment) {
    if (isOn()) {
      Part part = new Part(expert, 1, slice, count, format.numSlices());
      long bytes = count * format.sliceSizeBytes();
      sent(shipment, LaneWork.of("copy", layer, part, bytes, "ahead"));
    }
  }

  private void sent(Shipment shipment, LaneWork what) {
    Event begun = shipment.begun();
    Event arrived = shipment.arrived();
    if (begun != null && arrived != null) {
      recorder.interval(TimelineLane.COPY, what, begun, arrived);
    }
  }

  /// A layer was gone through by the step thread.
  void layer(int layer, int rows, long startNanos) {
    if (isOn()) {
      recorder.interval(
          TimelineLane.STEP, LaneWork.of("step", layer, rows), startNanos, System.nanoTime());
    }
  }

  private static Part part(LayerWork work, ExpertDecision decision, int slice, int count) {
    int ofSlices = work.weights().format().numSlices();
    return new Part(decision.expert(), decision.rows(), slice, count, ofSlices);
  }

  private static String lower(Way way) {
    return way.name().toLowerCase(Locale.ROOT);
  }
}
