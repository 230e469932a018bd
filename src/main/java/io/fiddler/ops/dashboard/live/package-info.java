/// What the dashboard shows live: one sampler reads the engine once a second for all viewers, and
/// keeps an hour of it.
@NullMarked
package io.fiddler.ops.dashboard.live;

import org.jspecify.annotations.NullMarked;
