@NullMarked
package io.fiddler.engine.load.device;

import org.jspecify.annotations.NullMarked;
