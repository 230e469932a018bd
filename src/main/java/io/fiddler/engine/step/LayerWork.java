package io.fiddler.engine.step;

import io.fiddler.engine.residency.ResidentExperts;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.model.MixtureOfExpertsWeights;

/// The experts of one layer in one step.
///
/// @param layer its index
/// @param weights all of its experts, on the host
/// @param plan where each is computed
/// @param groups which rows go to which
/// @param resident those on the device
record LayerWork(
    int layer,
    MixtureOfExpertsWeights weights,
    LayerPlan plan,
    ExpertGroups groups,
    ResidentExperts resident) {}
