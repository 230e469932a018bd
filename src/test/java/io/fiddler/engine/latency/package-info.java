@NullMarked
package io.fiddler.engine.latency;

import org.jspecify.annotations.NullMarked;
