package io.fiddler.usage.access.limit;

import java.time.Duration;

/// How a limit stands.
///
/// @param limit most units
/// @param remaining what may still be used
/// @param reset when all may be used again if nothing is
public record Standing(long limit, long remaining, Duration reset) {}
