/// Where an engine's latency model comes from: measured at the first start on a machine, kept in a
/// file, read at the next.
@NullMarked
package io.fiddler.engine.load.latency;

import org.jspecify.annotations.NullMarked;
