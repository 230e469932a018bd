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
/// @param running sequences in the step
/// @param queued generations waiting after it
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
    int running,
    int queued,
    long placementVersion) {}
