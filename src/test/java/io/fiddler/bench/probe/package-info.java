@NullMarked
package io.fiddler.bench.probe;

import org.jspecify.annotations.NullMarked;
