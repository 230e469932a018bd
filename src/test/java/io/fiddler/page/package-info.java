@NullMarked
package io.fiddler.page;

import org.jspecify.annotations.NullMarked;
