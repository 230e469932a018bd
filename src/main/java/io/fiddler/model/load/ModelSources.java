package io.fiddler.model.load;

import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Finds the source that a `fiddler.model.path` names.
public final class ModelSources {
  private ModelSources() {}

  /// `path` is a Hugging Face model directory, `tiny-moe` for the embedded model, or
  /// `synthetic:mixtral-8x7b?layers=3&seed=1&skew=1.0` for random weights of that shape, whose
  /// routers with a skew prefer some experts as Zipf has it.
  ///
  /// @param path what to load
  /// @param cacheDirectory where the embedded model is unpacked
  /// @param loadThreads threads that read files or make weights
  /// @throws ModelLoadException if it names nothing that can be loaded
  public static ModelSource of(String path, Path cacheDirectory, int loadThreads) {
    if (loadThreads < 1) {
      throw new IllegalArgumentException("loadThreads must be positive, got " + loadThreads);
    }
    if (path.equals(EmbeddedModel.NAME)) {
      return new DirectorySource(
          EmbeddedModel.NAME, new EmbeddedModel(cacheDirectory).unpack(), loadThreads);
    }
    if (path.startsWith(SyntheticSource.PREFIX)) {
      return SyntheticSource.parse(path, loadThreads);
    }
    return directory(path, loadThreads);
  }

  private static ModelSource directory(String path, int loadThreads) {
    try {
      Path directory = Path.of(path);
      if (path.isBlank() || !Files.isDirectory(directory)) {
        throw new ModelLoadException(
            "the model must be a directory, %s or %s..., got \"%s\""
                .formatted(EmbeddedModel.NAME, SyntheticSource.PREFIX, path));
      }
      // The real path has a name even where "." or a link was given.
      Path name = directory.toRealPath().getFileName();
      return new DirectorySource(name == null ? "model" : name.toString(), directory, loadThreads);
    } catch (InvalidPathException | IOException e) {
      throw new ModelLoadException(
          "the model directory \"%s\" cannot be used: %s".formatted(path, e.getMessage()), e);
    }
  }
}
