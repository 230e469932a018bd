@NullMarked
package io.fiddler.engine.step;

import org.jspecify.annotations.NullMarked;
