package io.fiddler.learning;

import io.fiddler.usage.PlacementVersion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The record of the placement in force; the engine itself knows only its version. Thread-safe.
public final class CurrentPlacement {
  private final AtomicReference<@Nullable PlacementVersion> version = new AtomicReference<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /// The placement in force; empty before the first.
  public Optional<PlacementVersion> get() {
    return Optional.ofNullable(version.get());
  }

  /// Has `listener` told of every change, on the thread that makes it: return at once.
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  /// From now on this one is in force.
  public void set(PlacementVersion placement) {
    version.set(placement);
    listeners.forEach(Runnable::run);
  }
}
