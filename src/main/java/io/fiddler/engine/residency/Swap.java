package io.fiddler.engine.residency;

import io.fiddler.device.Device;
import io.fiddler.device.Event;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.model.ModelWeights;
import io.fiddler.placement.PlacementChange;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A placement on its way: what is still to be loaded, best first, and who makes room for it. An
/// expert leaves when another needs its frame, not before, so that all frames serve meanwhile. Used
/// from the step thread.
final class Swap {
  private final VersionedPlacement target;
  private final Room room;
  private final ByteAllowance allowance;
  private final CompletableFuture<Residency> done;
  private final LinkedHashSet<ExpertId> loads = new LinkedHashSet<>();
  private final LinkedHashSet<ExpertId> leaving = new LinkedHashSet<>();

  /// What is being loaded now.
  private @Nullable Arrival arriving;

  /// Done once the bytes of all adopted experts are there.
  private @Nullable Event adopted;

  /// From where to where.
  ///
  /// @param copiedBytes counted here
  record Room(FrameTable table, ModelWeights weights, Device device, AtomicLong copiedBytes) {}

  /// @param allowance what may be copied
  Swap(
      VersionedPlacement target,
      Room room,
      ByteAllowance allowance,
      CompletableFuture<Residency> done) {
    this.target = target;
    this.room = room;
    this.allowance = allowance;
    this.done = done;
    fit();
  }

  VersionedPlacement target() {
    return target;
  }

  CompletableFuture<Residency> done() {
    return done;
  }

  /// Whether nothing is to be loaded.
  boolean loadsNothing() {
    return loads.isEmpty() && arriving == null;
  }

  /// How long nothing may be copied.
  long restNanos() {
    return allowance.nanosUntil(CopyPace.LEAST_BYTES);
  }

  /// The expert on its way; null if there is none.
  @Nullable ExpertId arriving() {
    return arriving == null ? null : arriving.id();
  }

  /// Sees what is to be done with the frames there are now.
  void fit() {
    PlacementChange change =
        PlacementChange.between(
            room.table().residency(), target.placement(), room.table().available());
    loads.clear();
    loads.addAll(change.load());
    leaving.clear();
    leaving.addAll(change.evict());
    if (arriving != null && !loads.remove(arriving.id())) {
      stop();
    }
  }

  /// Gives up what is on its way.
  void stop() {
    if (arriving != null) {
      room.table().giveUp(arriving.frame());
      arriving = null;
    }
  }

  /// Whether an expert is still to be loaded, and not on its way.
  boolean wants(ExpertId id) {
    return loads.contains(id);
  }

  /// Goes on without waiting for anything.
  ///
  /// @param bytes that may be queued
  /// @return whether all is as wanted
  /// @throws IllegalStateException if a copy failed
  boolean advance(long bytes) {
    while (arriving != null || beginNext()) {
      Arrival arrival = Objects.requireNonNull(arriving);
      if (arrival.isMoving()) {
        return false;
      }
      if (arrival.restBytes() > 0) {
        send(arrival, bytes);
        return false;
      }
      arriving = null;
      room.table().settle(arrival.id(), arrival.frame());
    }
    for (ExpertId id = nextToLeave(_ -> true); id != null; id = nextToLeave(_ -> true)) {
      room.table().evict(id);
    }
    return adoptedAreThere();
  }

  private void send(Arrival arrival, long bytes) {
    long least = Math.min(CopyPace.LEAST_BYTES, arrival.restBytes());
    long piece = Math.min(bytes, allowance.available(least));
    if (piece > 0) {
      long sent = arrival.send(room.device(), piece);
      allowance.spend(sent);
      room.copiedBytes().addAndGet(sent);
    }
  }

  /// Begins to load the next expert; false if there is none left.
  private boolean beginNext() {
    if (loads.isEmpty()) {
      return false;
    }
    ExpertId id = loads.removeFirst();
    FrameTable table = room.table();
    if (table.free() == 0) {
      table.evict(Objects.requireNonNull(nextToLeave(_ -> true), "nobody leaves for " + id));
    }
    int frame = table.take();
    arriving =
        new Arrival(
            id,
            frame,
            room.weights().layers().get(id.layer()).experts().experts().get(id.expert()),
            table.view(frame));
    return true;
  }

  private boolean adoptedAreThere() {
    if (adopted == null) {
      return true;
    }
    if (!adopted.isDone()) {
      return false;
    }
    adopted.await(); // done, so it does not wait, but throws what failed
    return true;
  }

  /// See {@link ResidentExperts#adopt}.
  @Nullable Adoption adopt(ExpertId id) {
    if (!wants(id)) {
      return null;
    }
    FrameTable table = room.table();
    if (table.free() == 0) {
      ExpertId leaves = nextToLeave(other -> other.layer() < id.layer());
      if (leaves == null) {
        return null;
      }
      table.evict(leaves);
    }
    loads.remove(id);
    return new Adoption(this, id, table.take(), table);
  }

  /// An adopted expert's copies are queued.
  void adopted() {
    adopted = room.device().copy().record();
  }

  /// An expert could not be adopted after all and is next.
  void putBack(ExpertId id) {
    loads.addFirst(id);
  }

  /// The next that may leave; null if there is none.
  private @Nullable ExpertId nextToLeave(Predicate<ExpertId> allowed) {
    for (Iterator<ExpertId> ids = leaving.iterator(); ids.hasNext(); ) {
      ExpertId id = ids.next();
      if (allowed.test(id)) {
        ids.remove();
        return id;
      }
    }
    return null;
  }
}
