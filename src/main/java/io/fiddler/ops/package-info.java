/// Operations: Actuator endpoints, health, metrics.
@NullMarked
package io.fiddler.ops;

import org.jspecify.annotations.NullMarked;
