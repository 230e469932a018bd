package io.fiddler.learning;

import io.fiddler.engine.Engine;
import io.fiddler.engine.ModelSummary;
import io.fiddler.expert.ExpertGrid;

/// What a placement has to fit: a model's experts and a replica's device.
///
/// @param fingerprint of the model
/// @param grid its experts
/// @param capacity experts the device can hold
public record Room(String fingerprint, ExpertGrid grid, int capacity) {
  /// That of a loaded engine.
  ///
  /// @throws io.fiddler.engine.EngineNotReadyException if it is not ready
  public static Room of(Engine engine) {
    ModelSummary model = engine.model();
    return new Room(model.fingerprint(), model.grid(), engine.device().expertCapacity());
  }

  /// How many of the model's experts can be resident.
  int places() {
    return Math.min(capacity, grid.size());
  }
}
