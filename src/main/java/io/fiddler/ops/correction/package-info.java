/// Live correction as operators see it.
@NullMarked
package io.fiddler.ops.correction;

import org.jspecify.annotations.NullMarked;
