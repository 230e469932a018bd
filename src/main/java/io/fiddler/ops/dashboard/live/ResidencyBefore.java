package io.fiddler.ops.dashboard.live;

import io.fiddler.expert.Residency;
import org.jspecify.annotations.Nullable;

/// Remembers what was on the device when the placement last became another version. Of one thread.
final class ResidencyBefore {
  private @Nullable Residency latest;
  private @Nullable Residency before;

  /// Looks at residency as it is now; to be called often.
  void see(Residency now) {
    Residency last = latest;
    if (last != null && last.placementVersion() != now.placementVersion()) {
      before = last;
    }
    latest = now;
  }

  /// As the version before had it; null if there was none.
  @Nullable Residency get() {
    return before;
  }
}
