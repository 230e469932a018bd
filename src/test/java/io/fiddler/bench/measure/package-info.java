@NullMarked
package io.fiddler.bench.measure;

import org.jspecify.annotations.NullMarked;
