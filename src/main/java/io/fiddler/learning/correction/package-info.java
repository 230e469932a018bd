/// Live correction: moves experts while the service runs, as its traffic changes.
@NullMarked
package io.fiddler.learning.correction;

import org.jspecify.annotations.NullMarked;
