/// What each lane was busy with and when: recorded for sampled steps, summed up as metrics, written
/// as a trace that a browser opens.
@NullMarked
package io.fiddler.engine.timeline;

import org.jspecify.annotations.NullMarked;
