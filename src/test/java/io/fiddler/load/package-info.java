/// Load on the running service: many clients of several kinds, what they saw, and what the process
/// took meanwhile. A sample runs with every build, all of it with `-Psoak`; see
/// `src/docs/benchmarks/load.md`.
@NullMarked
package io.fiddler.load;

import org.jspecify.annotations.NullMarked;
