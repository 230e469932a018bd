/// API keys, what they have used and what was done about them, as administrators work with them.
@NullMarked
package io.fiddler.ops.access;

import org.jspecify.annotations.NullMarked;
