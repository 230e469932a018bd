@NullMarked
package io.fiddler.engine.load;

import org.jspecify.annotations.NullMarked;
