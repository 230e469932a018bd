/// Tests of the HTTP API over a real server.
@NullMarked
package io.fiddler.api;

import org.jspecify.annotations.NullMarked;
