/// The HTTP API: OpenAI-style routes, server-sent events, errors.
@NullMarked
package io.fiddler.api;

import org.jspecify.annotations.NullMarked;
