package io.fiddler.placement.correction;

import io.fiddler.expert.ExpertId;
import org.jspecify.annotations.Nullable;

/// One expert for another.
///
/// @param load comes to the device
/// @param evict leaves it; null if there is room
/// @param gain by how much the hit rate is expected to rise, in (0, 1]
/// @param standardError of that
public record Exchange(
    ExpertId load, @Nullable ExpertId evict, double gain, double standardError) {}
