package io.fiddler.ops.dashboard.live;

import org.jspecify.annotations.Nullable;

/// What became known in a second, as JSON that all viewers share.
///
/// @param live a [Live]
/// @param experts the latest [ExpertMap]; null until there is one
/// @param drawn counts the maps, so that a viewer who missed seconds gets the one it lacks
record Tick(String live, @Nullable String experts, long drawn) {}
