@NullMarked
package io.fiddler.engine.residency;

import org.jspecify.annotations.NullMarked;
