/// One step after the other: the loop, the decoder's forward pass, the lanes its experts are
/// computed on, and which of them are resident.
@NullMarked
package io.fiddler.engine.step;

import org.jspecify.annotations.NullMarked;
