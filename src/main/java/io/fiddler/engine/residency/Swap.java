package io.fiddler.engine.residency;

import io.fiddler.device.Event;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.placement.PlacementChange;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A placement on its way: what is still to be loaded, best first, and who makes room for it. An
/// expert leaves when another needs its frame, not before, so that all frames serve meanwhile.
final class Swap {
  private final VersionedPlacement target;
  private final ByteAllowance allowance;
  private final CompletableFuture<Residency> done;
  private final LinkedHashSet<ExpertId> loads = new LinkedHashSet<>();
  private final LinkedHashSet<ExpertId> leaving = new LinkedHashSet<>();

  /// What is being loaded now.
  @Nullable Arrival arriving;

  /// Done once the bytes of all adopted experts are there.
  @Nullable Event adopted;

  /// @param allowance what may be copied
  Swap(
      VersionedPlacement target,
      PlacementChange change,
      ByteAllowance allowance,
      CompletableFuture<Residency> done) {
    this.target = target;
    this.allowance = allowance;
    this.done = done;
    fit(change);
  }

  VersionedPlacement target() {
    return target;
  }

  ByteAllowance allowance() {
    return allowance;
  }

  CompletableFuture<Residency> done() {
    return done;
  }

  /// The frames that there are have become more or fewer: from now on this is to be done.
  ///
  /// @return whether what is being loaded is still wanted
  boolean fit(PlacementChange change) {
    loads.clear();
    loads.addAll(change.load());
    leaving.clear();
    leaving.addAll(change.evict());
    return arriving == null || loads.remove(arriving.id());
  }

  /// Whether an expert is still to be loaded, and not on its way.
  boolean wants(ExpertId id) {
    return loads.contains(id);
  }

  /// The next to load; null if all are loaded or on their way.
  @Nullable ExpertId nextLoad() {
    return loads.isEmpty() ? null : loads.removeFirst();
  }

  /// Somebody else loads it.
  void take(ExpertId id) {
    loads.remove(id);
  }

  /// It could not be loaded after all and is next.
  void putBack(ExpertId id) {
    loads.addFirst(id);
  }

  /// The next that may leave; null if there is none.
  @Nullable ExpertId nextToLeave(Predicate<ExpertId> allowed) {
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
