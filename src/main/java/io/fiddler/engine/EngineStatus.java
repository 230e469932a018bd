package io.fiddler.engine;

/// How the engine is.
///
/// @param state where it is in its life
/// @param phase what loading is doing, or a sentence on the failure; empty when ready
/// @param progress how much of loading is done, in [0, 1]
public record EngineStatus(EngineState state, String phase, double progress) {}
