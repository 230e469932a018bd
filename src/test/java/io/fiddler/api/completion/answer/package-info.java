/// Tests of completions below HTTP.
@NullMarked
package io.fiddler.api.completion.answer;

import org.jspecify.annotations.NullMarked;
