package io.fiddler.usage;

import io.fiddler.dispatch.LatencyModel;
import java.time.Instant;
import java.util.Optional;

/// Keeps what was measured on a machine, so that it need not be measured at every start. Blocking.
public interface LatencyModelStore {
  /// Keeps `model`, instead of the one kept before.
  ///
  /// @param machine identity of the hardware
  /// @param fingerprint of the model
  /// @param model what was measured
  /// @param measuredAt when
  /// @throws StoreUnavailableException if the database does not answer
  void save(String machine, String fingerprint, LatencyModel model, Instant measuredAt);

  /// The model kept for a machine.
  ///
  /// @throws StoreUnavailableException if the database does not answer
  Optional<LatencyModel> find(String machine, String fingerprint);
}
