/// Tests of drift, pure.
@NullMarked
package io.fiddler.placement.drift;

import org.jspecify.annotations.NullMarked;
