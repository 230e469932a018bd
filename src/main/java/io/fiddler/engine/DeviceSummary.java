package io.fiddler.engine;

import io.fiddler.device.DeviceInfo;

/// The device an engine uses.
///
/// @param info what it is
/// @param reason one sentence: what was chosen and why
/// @param usedBytes memory the process has taken on it, a GPU's context and workspaces included
/// @param expertCapacity experts it can hold while nothing is lent to the key/value cache
/// @param cpuKernels what the CPU computes with, for example `vector-512+amx`
/// @param cache the key/value cache
public record DeviceSummary(
    DeviceInfo info,
    String reason,
    long usedBytes,
    int expertCapacity,
    String cpuKernels,
    Cache cache) {
  /// `cuda`, `emulated` or `none`.
  public String kind() {
    return info.kind();
  }

  /// The key/value cache, and the experts' frames that it borrows.
  ///
  /// @param tokens positions it always holds
  /// @param mostTokens positions it holds when it has borrowed as much as it may
  /// @param framesLent frames that are lent to it now
  /// @param mostFramesLent frames that may be
  public record Cache(long tokens, long mostTokens, int framesLent, int mostFramesLent) {
    /// What it can hold at all.
    public CacheRoom room() {
      return new CacheRoom(mostTokens);
    }
  }
}
