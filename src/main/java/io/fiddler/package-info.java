/// Fiddler: serves Mixture-of-Experts language models that are several times larger than the GPU's
/// memory. The entry point is {@link io.fiddler.Main}; `io.fiddler.engine` is the engine,
/// `io.fiddler.config` puts the service together.
@NullMarked
package io.fiddler;

import org.jspecify.annotations.NullMarked;
