package io.fiddler.expert;

import java.util.Map;

/// Exact counts of the routers' choices by tenant, phase, layer and expert, since the engine was
/// loaded. Counting is lock-free and comes from the step thread; snapshots may be taken from any
/// thread at any time.
public interface ActivationCounters {
  /// What is counted.
  ExpertGrid grid();

  /// Everything counted so far, by tenant. Counts never decrease, so the difference of two
  /// snapshots is what happened between them.
  Map<String, ActivationSnapshot> snapshot();
}
