/// The life of recorded placements: what was done about them and by whom, which are pinned, what
/// each achieved, and whose turn it is to plan.
@NullMarked
package io.fiddler.usage.version;

import org.jspecify.annotations.NullMarked;
