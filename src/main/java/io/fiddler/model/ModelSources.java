package io.fiddler.model;

import java.nio.file.Path;

/// Finds the source that a `fiddler.model.path` names.
public final class ModelSources {
  private ModelSources() {}

  /// `path` is a Hugging Face model directory, `tiny-moe` for the embedded model, or
  /// `synthetic:mixtral-8x7b?layers=3&seed=1` for random weights of that shape.
  ///
  /// @param path what to load
  /// @param cacheDirectory where the embedded model is unpacked
  /// @param loadThreads threads that read files or make weights
  /// @throws ModelLoadException if it names nothing that can be loaded
  public static ModelSource of(String path, Path cacheDirectory, int loadThreads) {
    throw new UnsupportedOperationException("not written yet");
  }
}
