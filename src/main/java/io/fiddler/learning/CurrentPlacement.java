package io.fiddler.learning;

import io.fiddler.usage.PlacementVersion;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The record of the placement in force; the engine itself knows only its version. Thread-safe.
public final class CurrentPlacement {
  private final AtomicReference<@Nullable PlacementVersion> version = new AtomicReference<>();
  private final ReentrantLock changing = new ReentrantLock();

  /// Held by whoever changes placement and engine, so that one does at a time and both agree
  /// whenever nobody holds it.
  public ReentrantLock changing() {
    return changing;
  }

  /// The placement in force; empty before the first.
  public Optional<PlacementVersion> get() {
    return Optional.ofNullable(version.get());
  }

  /// From now on this one is in force.
  public void set(PlacementVersion placement) {
    version.set(placement);
  }
}
