@NullMarked
package io.fiddler.store.version;

import org.jspecify.annotations.NullMarked;
