/// Tests of live correction over a real engine.
@NullMarked
package io.fiddler.learning.correction;

import org.jspecify.annotations.NullMarked;
