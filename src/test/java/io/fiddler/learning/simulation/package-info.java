@NullMarked
package io.fiddler.learning.simulation;

import org.jspecify.annotations.NullMarked;
