package io.fiddler.model;

/// Told how far loading is; called from several threads, in no particular order.
@FunctionalInterface
public interface LoadProgress {
  /// `doneBytes` of `totalBytes` are in memory.
  void onProgress(long doneBytes, long totalBytes);
}
