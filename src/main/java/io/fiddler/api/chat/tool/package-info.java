/// Tools of a chat: their definitions, the choice among them, and how each family of models writes
/// its calls.
@NullMarked
package io.fiddler.api.chat.tool;

import org.jspecify.annotations.NullMarked;
