@NullMarked
package io.fiddler.scheduler;

import org.jspecify.annotations.NullMarked;
