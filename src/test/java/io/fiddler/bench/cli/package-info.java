@NullMarked
package io.fiddler.bench.cli;

import org.jspecify.annotations.NullMarked;
