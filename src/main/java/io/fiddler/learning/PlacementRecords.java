package io.fiddler.learning;

import io.fiddler.usage.PlacementStore;
import io.fiddler.usage.version.PlacementJournal;
import io.fiddler.usage.version.PlacementPins;
import io.fiddler.usage.version.PlanningTurn;

/// Where placements, and what is done about them, are recorded.
///
/// @param versions the placements
/// @param journal everything done about them
/// @param pins those that are held
/// @param turn whose turn it is to plan
public record PlacementRecords(
    PlacementStore versions, PlacementJournal journal, PlacementPins pins, PlanningTurn turn) {}
