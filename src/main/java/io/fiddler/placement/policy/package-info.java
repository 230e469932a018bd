/// Which policy plans, and how well it would have done: the policies by name, replayed over the
/// past, and the choice between them. Pure.
@NullMarked
package io.fiddler.placement.policy;

import org.jspecify.annotations.NullMarked;
