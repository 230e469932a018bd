/// Turns what the engine generates into text, and writes it at once or token by token.
@NullMarked
package io.fiddler.api.completion.answer;

import org.jspecify.annotations.NullMarked;
