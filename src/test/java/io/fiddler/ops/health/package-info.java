@NullMarked
package io.fiddler.ops.health;

import org.jspecify.annotations.NullMarked;
