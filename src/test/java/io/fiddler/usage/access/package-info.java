@NullMarked
package io.fiddler.usage.access;

import org.jspecify.annotations.NullMarked;
