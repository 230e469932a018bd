/// What another placement, device or machine would have done with recorded traffic: traces replayed
/// step by step through a placement and the latency model, beside what an oracle could have
/// reached. Pure.
@NullMarked
package io.fiddler.placement.simulation;

import org.jspecify.annotations.NullMarked;
