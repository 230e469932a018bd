package io.fiddler.store.writer;

import io.fiddler.expert.ActivationCounters;

/// A loaded model and what it counts.
///
/// @param fingerprint of the model
/// @param counters since it was loaded; readable for ever, also after its engine was closed
public record CountedModel(String fingerprint, ActivationCounters counters) {}
