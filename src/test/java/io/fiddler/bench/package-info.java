@NullMarked
package io.fiddler.bench;

import org.jspecify.annotations.NullMarked;
