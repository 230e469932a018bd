@NullMarked
package io.fiddler.model.load;

import org.jspecify.annotations.NullMarked;
