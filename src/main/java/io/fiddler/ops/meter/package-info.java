/// What the service measures of itself, as Micrometer's meters.
@NullMarked
package io.fiddler.ops.meter;

import org.jspecify.annotations.NullMarked;
