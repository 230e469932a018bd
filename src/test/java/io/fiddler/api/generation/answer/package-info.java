/// Tests of completions below HTTP.
@NullMarked
package io.fiddler.api.generation.answer;

import org.jspecify.annotations.NullMarked;
