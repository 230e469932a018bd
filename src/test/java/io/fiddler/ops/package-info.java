/// Tests of what operators see.
@NullMarked
package io.fiddler.ops;

import org.jspecify.annotations.NullMarked;
