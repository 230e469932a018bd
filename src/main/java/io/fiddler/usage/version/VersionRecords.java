package io.fiddler.usage.version;

import io.fiddler.usage.PlacementStore;

/// What is known of past placements.
///
/// @param versions the placements
/// @param history the list of them
/// @param achieved what each achieved
/// @param journal what was done about them
public record VersionRecords(
    PlacementStore versions,
    VersionHistory history,
    AchievedLog achieved,
    PlacementJournal journal) {}
