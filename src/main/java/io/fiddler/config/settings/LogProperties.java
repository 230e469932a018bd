package io.fiddler.config.settings;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// What is recorded beyond numbers.
///
/// @param text Whether prompts and answers are kept in the request log.
public record LogProperties(@DefaultValue("false") boolean text) {}
