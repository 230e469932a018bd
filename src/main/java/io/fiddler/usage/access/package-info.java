/// API keys: what they are, how they are known, what is done about them, and the ports that keep
/// them.
@NullMarked
package io.fiddler.usage.access;

import org.jspecify.annotations.NullMarked;
