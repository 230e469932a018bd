/// Activation statistics of prompts, without a service: which experts they choose.
@NullMarked
package io.fiddler.bench.profile;

import org.jspecify.annotations.NullMarked;
