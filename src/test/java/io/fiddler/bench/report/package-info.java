@NullMarked
package io.fiddler.bench.report;

import org.jspecify.annotations.NullMarked;
