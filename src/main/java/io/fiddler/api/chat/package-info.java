/// `POST /v1/chat/completions` and `POST /apply-template`: the fields of their requests and the
/// form of their answers. Messages and tools are read in packages of their own.
@NullMarked
package io.fiddler.api.chat;

import org.jspecify.annotations.NullMarked;
