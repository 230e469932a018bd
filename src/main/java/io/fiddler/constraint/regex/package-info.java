/// Regular expressions, as JSON Schema's `pattern` has them, to automata over code points.
@NullMarked
package io.fiddler.constraint.regex;

import org.jspecify.annotations.NullMarked;
