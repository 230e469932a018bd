@NullMarked
package io.fiddler.constraint.json;

import org.jspecify.annotations.NullMarked;
