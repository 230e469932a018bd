package io.fiddler.config;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// What is recorded beyond numbers.
///
/// @param text Whether prompts and answers are kept in the request log.
record LogProperties(@DefaultValue("false") boolean text) {}
