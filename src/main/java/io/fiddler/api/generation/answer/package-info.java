/// Turns what the engine generates into text, and writes it at once or token by token in the form
/// of the route.
@NullMarked
package io.fiddler.api.generation.answer;

import org.jspecify.annotations.NullMarked;
