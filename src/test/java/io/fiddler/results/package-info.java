/// The page of the benchmarks' results, written from what `bench` has measured.
@NullMarked
package io.fiddler.results;

import org.jspecify.annotations.NullMarked;
