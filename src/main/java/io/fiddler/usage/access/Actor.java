package io.fiddler.usage.access;

import org.jspecify.annotations.Nullable;

/// Who does something about keys.
///
/// @param name of the key that was shown, or `command`
/// @param source from where, an address; null for this machine
public record Actor(String name, @Nullable String source) {}
