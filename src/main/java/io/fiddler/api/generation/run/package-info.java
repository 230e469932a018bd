/// Runs a request's generations on the engine and keeps the account of it for the request log.
@NullMarked
package io.fiddler.api.generation.run;

import org.jspecify.annotations.NullMarked;
