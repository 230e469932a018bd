package io.fiddler.learning;

import io.fiddler.usage.PlacementVersion;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The record of the placement in force; the engine itself knows only its version. Thread-safe.
public final class CurrentPlacement {
  private final AtomicReference<@Nullable PlacementVersion> version = new AtomicReference<>();

  /// The placement in force; empty before the first.
  public Optional<PlacementVersion> get() {
    return Optional.ofNullable(version.get());
  }

  /// From now on this one is in force.
  public void set(PlacementVersion placement) {
    version.set(placement);
  }
}
