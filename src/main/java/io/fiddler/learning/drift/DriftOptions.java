package io.fiddler.learning.drift;

/// From when on the traffic has drifted.
///
/// @param hitRate by how much the hit rate is below the forecast, in (0, 1]
/// @param divergence of the layers' histograms from the history, on average, in bits, in (0, 1]
public record DriftOptions(double hitRate, double divergence) {}
