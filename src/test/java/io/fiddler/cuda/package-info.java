@NullMarked
package io.fiddler.cuda;

import org.jspecify.annotations.NullMarked;
