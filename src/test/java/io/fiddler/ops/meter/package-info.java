@NullMarked
package io.fiddler.ops.meter;

import org.jspecify.annotations.NullMarked;
