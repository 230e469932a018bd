/// What a connection may keep waiting: requests that trickle in, answers that nobody takes.
@NullMarked
package io.fiddler.api.connection;

import org.jspecify.annotations.NullMarked;
