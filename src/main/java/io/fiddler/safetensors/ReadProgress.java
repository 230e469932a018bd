package io.fiddler.safetensors;

/// Told how far reading is; called from several threads, in no particular order.
@FunctionalInterface
public interface ReadProgress {
  /// `doneBytes` of `totalBytes` are in memory.
  void onProgress(long doneBytes, long totalBytes);
}
