@NullMarked
package io.fiddler.store.access;

import org.jspecify.annotations.NullMarked;
