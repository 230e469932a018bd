/// Which experts should be resident: statistics in, placement and forecast out. Pure.
@NullMarked
package io.fiddler.placement;

import org.jspecify.annotations.NullMarked;
