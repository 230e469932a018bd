package io.fiddler.placement;

import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import io.fiddler.placement.Placement.ScoredExpert;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What has to be done for the experts on the device to be those a placement wants. Nothing is
/// copied that is there already, and who stays keeps its frame.
///
/// Every load needs one free frame, and there are enough of them if, whenever none is free, the
/// next of `evict` goes first; so experts can be exchanged one by one, the best wanted ones first,
/// while the others still serve.
///
/// @param evict experts that are no longer wanted, in order of layer and index
/// @param load experts to copy to the device, best first
public record PlacementChange(List<ExpertId> evict, List<ExpertId> load) {
  public PlacementChange {
    evict = List.copyOf(evict);
    load = List.copyOf(load);
  }

  /// The change from `residency` to `placement` on a device of `capacity` frames; of a placement
  /// made for a larger device the best are taken.
  ///
  /// @throws IndexOutOfBoundsException if the placement names an expert that the model has not
  public static PlacementChange between(Residency residency, Placement placement, int capacity) {
    if (capacity < residency.size()) {
      throw new IllegalArgumentException(
          "capacity must be at least the %d experts resident now, got %d"
              .formatted(residency.size(), capacity));
    }
    Set<ExpertId> wanted = new LinkedHashSet<>();
    for (ScoredExpert expert : placement.experts()) {
      if (wanted.size() < capacity) {
        wanted.add(expert.id());
      }
    }
    return new PlacementChange(
        residency.experts().stream().filter(id -> !wanted.contains(id)).toList(),
        wanted.stream().filter(id -> !residency.isResident(id.layer(), id.expert())).toList());
  }

  /// Whether there is nothing to do.
  public boolean isEmpty() {
    return evict.isEmpty() && load.isEmpty();
  }
}
