@NullMarked
package io.fiddler.placement.simulation;

import org.jspecify.annotations.NullMarked;
