/// Tests of correction, simulated.
@NullMarked
package io.fiddler.placement.correction;

import org.jspecify.annotations.NullMarked;
