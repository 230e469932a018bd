/// Tests of drift.
@NullMarked
package io.fiddler.learning.drift;

import org.jspecify.annotations.NullMarked;
