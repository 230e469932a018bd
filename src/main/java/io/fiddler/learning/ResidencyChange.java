package io.fiddler.learning;

import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Residency;
import java.util.List;

/// What became of the experts on the device.
///
/// @param loaded experts that came
/// @param evicted experts that went
public record ResidencyChange(List<ExpertId> loaded, List<ExpertId> evicted) {
  /// Nothing.
  public static final ResidencyChange NONE = new ResidencyChange(List.of(), List.of());

  public ResidencyChange {
    loaded = List.copyOf(loaded);
    evicted = List.copyOf(evicted);
  }

  /// What is different `after` from `before`.
  public static ResidencyChange between(Residency before, Residency after) {
    return new ResidencyChange(only(after, before), only(before, after));
  }

  /// Experts resident in `one` but not in `other`.
  private static List<ExpertId> only(Residency one, Residency other) {
    return one.experts().stream().filter(id -> !other.isResident(id.layer(), id.expert())).toList();
  }
}
