/// What the service serves to browsers: files from the class path, the chat page at `/`, the
/// OpenAPI document and its page at `/docs`. Knows nothing of the engine: pages speak to the API
/// like any client. `ops` puts its dashboard on the same files.
@NullMarked
package io.fiddler.page;

import org.jspecify.annotations.NullMarked;
