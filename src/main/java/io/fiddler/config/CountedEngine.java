package io.fiddler.config;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.engine.EngineState;
import io.fiddler.store.writer.CountedModel;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The model whose activations the writer writes. Once seen it is kept, because what was counted
/// last is written after the engine was closed.
final class CountedEngine implements Supplier<Optional<CountedModel>> {
  private final Engine engine;
  private volatile @Nullable CountedModel seen;

  CountedEngine(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Optional<CountedModel> get() {
    if (seen == null && engine.status().state() == EngineState.READY) {
      try {
        seen = new CountedModel(engine.model().fingerprint(), engine.activations());
      } catch (EngineNotReadyException e) {
        return Optional.empty(); // closed in between, before anything was counted
      }
    }
    return Optional.ofNullable(seen);
  }
}
