/// Experts as the orchestration sees them: identity, routing results grouped by expert, activation
/// counters, residency. Pure.
@NullMarked
package io.fiddler.expert;

import org.jspecify.annotations.NullMarked;
