/// Benchmarks and the commands that need no database: what the engine does on this machine, beside
/// what the machine allows, measured in the same run.
@NullMarked
package io.fiddler.bench;

import org.jspecify.annotations.NullMarked;
