@NullMarked
package io.fiddler.constraint.regex;

import org.jspecify.annotations.NullMarked;
