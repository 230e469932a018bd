package io.fiddler.engine;

/// What the prefill of one generation took.
///
/// @param queueNanos from submission to the first step
/// @param prefillNanos from the first step to the first token's logits
/// @param assignments the prompt's expert assignments
/// @param costs what it took so far
/// @param placementVersion the placement that its first step ran under
public record PrefillReport(
    long queueNanos,
    long prefillNanos,
    AssignmentCounts assignments,
    GenerationCosts costs,
    long placementVersion) {}
