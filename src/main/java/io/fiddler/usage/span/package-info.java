/// What a trace of a request over several services is made of, and the port to whoever sends it. No
/// prompts: only who, when and how much.
@NullMarked
package io.fiddler.usage.span;

import org.jspecify.annotations.NullMarked;
