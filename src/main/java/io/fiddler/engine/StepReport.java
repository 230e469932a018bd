package io.fiddler.engine;

/// What one step did.
///
/// @param prefillRows prompt tokens read
/// @param decodeRows tokens decoded
/// @param prefillAssignments the prompt rows' expert assignments by way
/// @param decodeAssignments the decoded rows' expert assignments by way
/// @param touched experts that had rows
/// @param streamedBytes weights copied to the device for the step
/// @param wastedBytes those of them that were copied ahead for experts that then got no rows
/// @param stepNanos how long it took
/// @param hostNanos busy time of the host lane
/// @param scheduling what ran, what waits, and what the key/value cache holds after it
/// @param placementVersion the placement it ran under
public record StepReport(
    int prefillRows,
    int decodeRows,
    AssignmentCounts prefillAssignments,
    AssignmentCounts decodeAssignments,
    TouchedExperts touched,
    long streamedBytes,
    long wastedBytes,
    long stepNanos,
    long hostNanos,
    Scheduling scheduling,
    long placementVersion) {
  /// The scheduler's state after a step.
  ///
  /// @param running sequences admitted
  /// @param queued generations waiting
  /// @param preemptions generations that were set back for want of blocks since the step before
  /// @param cachedTokens prompt tokens that were found in the cache since the step before
  /// @param blocksUsed blocks of the key/value cache that sequences hold
  /// @param blocks blocks there are, with those borrowed
  public record Scheduling(
      int running, int queued, long preemptions, long cachedTokens, int blocksUsed, int blocks) {
    /// So many running and waiting, and nothing else.
    public static Scheduling of(int running, int queued) {
      return new Scheduling(running, queued, 0, 0, 0, 0);
    }
  }

  /// Sequences in the step.
  public int running() {
    return scheduling.running();
  }

  /// Generations waiting after it.
  public int queued() {
    return scheduling.queued();
  }
}
