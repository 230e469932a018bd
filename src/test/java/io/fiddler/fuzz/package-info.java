/// Seeded fuzzers: of model files against the loader, of requests against the service. A sample
/// runs with every build, all of it with `-Psoak`; see `src/docs/benchmarks/fuzz.md`.
@NullMarked
package io.fiddler.fuzz;

import org.jspecify.annotations.NullMarked;
