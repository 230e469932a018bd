package io.fiddler.dispatch;

/// What one layer asks of one expert in a step.
///
/// @param expert index in the layer
/// @param rows rows routed to it, at least one
/// @param resident whether its weights are on the device
public record ExpertLoad(int expert, int rows, boolean resident) {}
