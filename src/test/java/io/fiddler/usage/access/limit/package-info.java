@NullMarked
package io.fiddler.usage.access.limit;

import org.jspecify.annotations.NullMarked;
