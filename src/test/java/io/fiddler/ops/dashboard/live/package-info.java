/// Tests of what the dashboard shows live.
@NullMarked
package io.fiddler.ops.dashboard.live;

import org.jspecify.annotations.NullMarked;
