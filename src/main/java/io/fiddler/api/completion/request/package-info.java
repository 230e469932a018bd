/// Reads a completion request, checks it and makes its prompts fit the model.
@NullMarked
package io.fiddler.api.completion.request;

import org.jspecify.annotations.NullMarked;
