/// Files by which hosts without a shared database tell each other what was learned: activation
/// statistics and placements, as JSON.
@NullMarked
package io.fiddler.engine.file;

import org.jspecify.annotations.NullMarked;
