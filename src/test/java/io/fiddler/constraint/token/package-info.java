@NullMarked
package io.fiddler.constraint.token;

import org.jspecify.annotations.NullMarked;
