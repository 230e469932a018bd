/// Which sequences' tokens make up the next step. No compute, no clock of its own.
@NullMarked
package io.fiddler.scheduler;

import org.jspecify.annotations.NullMarked;
