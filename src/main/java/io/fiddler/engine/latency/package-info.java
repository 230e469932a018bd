/// The latency model at work: kept, corrected by what steps observe, turned into dispatchers.
@NullMarked
package io.fiddler.engine.latency;

import org.jspecify.annotations.NullMarked;
