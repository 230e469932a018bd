@NullMarked
package io.fiddler.kvcache;

import org.jspecify.annotations.NullMarked;
