@NullMarked
package io.fiddler.learning;

import org.jspecify.annotations.NullMarked;
