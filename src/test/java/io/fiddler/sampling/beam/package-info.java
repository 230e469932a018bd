@NullMarked
package io.fiddler.sampling.beam;

import org.jspecify.annotations.NullMarked;
