/// Tests of completions below HTTP.
@NullMarked
package io.fiddler.api.completion;

import org.jspecify.annotations.NullMarked;
