@NullMarked
package io.fiddler.engine.load.latency;

import org.jspecify.annotations.NullMarked;
