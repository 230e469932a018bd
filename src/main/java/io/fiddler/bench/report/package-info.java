/// What was measured, as people and programs read it.
@NullMarked
package io.fiddler.bench.report;

import org.jspecify.annotations.NullMarked;
