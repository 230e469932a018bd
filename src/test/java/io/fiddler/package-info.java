/// Tests of the service as a whole.
@NullMarked
package io.fiddler;

import org.jspecify.annotations.NullMarked;
