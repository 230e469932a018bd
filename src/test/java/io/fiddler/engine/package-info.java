@NullMarked
package io.fiddler.engine;

import org.jspecify.annotations.NullMarked;
