/// Runs scenarios on an engine and sums up what its steps reported.
@NullMarked
package io.fiddler.bench.measure;

import org.jspecify.annotations.NullMarked;
