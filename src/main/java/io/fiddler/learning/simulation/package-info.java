/// What-if questions to a running service: what its steps take, its recorded traces, and
/// simulations of them in the background. No Spring, no JDBC.
@NullMarked
package io.fiddler.learning.simulation;

import org.jspecify.annotations.NullMarked;
