package io.fiddler.model;

import io.fiddler.tensor.ExpertFormat.Tiling;
import java.nio.file.Path;
import java.util.Optional;

/// Where a model comes from: a Hugging Face directory, the embedded model, or a synthetic shape.
public interface ModelSource {
  /// A name for people and for `GET /v1/models`, for example `tiny-moe`.
  String name();

  /// Reads the architecture only; cheap.
  ///
  /// @throws ModelLoadException if it is missing, malformed or unsupported
  ModelConfig config();

  /// Identity of config and weights, if it can be told without reading all of them.
  Optional<String> fingerprint();

  /// Reads everything into host memory, experts row-major; the caller closes it. Otherwise as
  /// {@link #load(Tiling, LoadProgress)}.
  default ModelWeights load(LoadProgress progress) {
    return load(Tiling.ROW_MAJOR, progress);
  }

  /// Reads everything into host memory; the caller closes it.
  ///
  /// @param tiling how experts are to be laid out where their type and sizes allow it; others are
  ///   row-major
  /// @param progress told how far reading is, from the loading threads
  /// @throws ModelLoadException if any file or tensor is wrong; nothing stays allocated
  /// @throws java.util.concurrent.CancellationException if the calling thread is interrupted
  ModelWeights load(Tiling tiling, LoadProgress progress);

  /// The model's `tokenizer.json`, if it has one, as a file on disk.
  Optional<Path> tokenizerFile();
}
