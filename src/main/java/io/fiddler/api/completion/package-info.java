/// Completions: reading a request, running its generations, writing the answer at once or token by
/// token.
@NullMarked
package io.fiddler.api.completion;

import org.jspecify.annotations.NullMarked;
