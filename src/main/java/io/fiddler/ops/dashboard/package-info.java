/// `/dashboard`: a page, its files and its stream. The page itself is in the resources.
@NullMarked
package io.fiddler.ops.dashboard;

import org.jspecify.annotations.NullMarked;
