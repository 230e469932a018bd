/// Reads the messages of a chat and gives them the form that templates expect.
@NullMarked
package io.fiddler.api.chat.message;

import org.jspecify.annotations.NullMarked;
