@NullMarked
package io.fiddler.api.chat.tool;

import org.jspecify.annotations.NullMarked;
