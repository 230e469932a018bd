@NullMarked
package io.fiddler.engine.timeline;

import org.jspecify.annotations.NullMarked;
