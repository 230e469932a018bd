package io.fiddler.engine.step;

import io.fiddler.device.SlotRing;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The slices of the next layer's experts that are sent before its router has run, so that the copy
/// engine does not idle while the layer attends and routes. They are only expected: an expert that
/// gets no rows after all is dropped, and what was copied of it is counted as wasted. Used from the
/// step thread.
final class SlicesAhead {
  private static final int[] NONE = {};

  private final SlotRing slots;
  private final int slicesPerSlot;
  private final LaneNotes notes;

  /// What was sent, experts and their slices in order.
  private final List<Sent> sent = new ArrayList<>();

  private @Nullable MixtureOfExpertsWeights weights;
  private int layer;
  private int[] experts = NONE;
  private int arrived;
  private int next;
  private int nextSlice;
  private long sentBytes;
  private long wastedBytes;

  /// Slices `[firstSlice, firstSlice + count)` of an expert, on their way.
  record Sent(int expert, int firstSlice, int count, long sizeBytes, Shipment shipment) {}

  SlicesAhead(SlotRing slots, int slicesPerSlot, LaneNotes notes) {
    this.notes = notes;
    this.slots = slots;
    this.slicesPerSlot = slicesPerSlot;
  }

  /// Bytes sent so far, in all steps.
  long sentBytes() {
    return sentBytes;
  }

  /// Bytes of those that nothing was computed with.
  long wastedBytes() {
    return wastedBytes;
  }

  /// Expects these experts to be streamed next, in this order. What was expected before and not
  /// taken is dropped.
  ///
  /// @param index of the layer
  void expect(int index, MixtureOfExpertsWeights ofLayer, int[] inOrder) {
    clear();
    layer = index;
    weights = ofLayer;
    experts = inOrder;
  }

  /// Sends what there are free slots for.
  void send() {
    while (next < experts.length && weights != null && slots.numFree() > 0) {
      ExpertFormat format = weights.format();
      int expert = experts[next];
      int count = Math.min(slicesPerSlot, format.numSlices() - nextSlice);
      MemoryView slices = format.slices(weights.experts().get(expert), nextSlice, count);
      Shipment shipment = Shipment.through(slots.acquire(), slices, notes.isOn());
      notes.sentAhead(layer, format, expert, nextSlice, count, shipment);
      sent.add(new Sent(expert, nextSlice, count, slices.sizeBytes(), shipment));
      sentBytes += slices.sizeBytes();
      nextSlice += count;
      if (nextSlice == format.numSlices()) {
        next++;
        nextSlice = 0;
      }
    }
  }

  /// Looks which shipments have arrived; they do in order.
  void look() {
    while (arrived < sent.size() && sent.get(arrived).shipment().hasArrived()) {
      arrived++;
    }
  }

  /// Slices of an expert that were sent.
  int sentSlices(int expert) {
    return slices(expert, sent.size());
  }

  /// Slices of an expert that had arrived at the last {@link #look}.
  int arrivedSlices(int expert) {
    return slices(expert, arrived);
  }

  private int slices(int expert, int shipments) {
    int slices = 0;
    for (int i = 0; i < shipments; i++) {
      slices += sent.get(i).expert() == expert ? sent.get(i).count() : 0;
    }
    return slices;
  }

  /// Hands over what was sent, in order; whoever takes it uses or drops it. Nothing is expected any
  /// more.
  List<Sent> takeAll() {
    List<Sent> taken = List.copyOf(sent);
    sent.clear();
    clear();
    return taken;
  }

  /// Gives a shipment's room back unused.
  void drop(Sent some) {
    wastedBytes += some.sizeBytes();
    some.shipment().close();
  }

  /// Drops everything.
  void clear() {
    sent.forEach(this::drop);
    sent.clear();
    weights = null;
    experts = NONE;
    arrived = 0;
    next = 0;
    nextSlice = 0;
  }
}
