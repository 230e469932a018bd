/// The contract of a device: its memory pool, its compute and copy lanes, events, and the ring of
/// slots that streamed slices pass through.
@NullMarked
package io.fiddler.device;

import org.jspecify.annotations.NullMarked;
