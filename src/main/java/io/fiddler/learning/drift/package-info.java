/// Watches whether the traffic is still what the placement in force was made for.
@NullMarked
package io.fiddler.learning.drift;

import org.jspecify.annotations.NullMarked;
