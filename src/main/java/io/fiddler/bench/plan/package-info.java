/// What a model would be like on a machine, before anyone downloads it.
@NullMarked
package io.fiddler.bench.plan;

import org.jspecify.annotations.NullMarked;
