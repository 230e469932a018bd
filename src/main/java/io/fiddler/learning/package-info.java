/// What the service learns while it runs: plans placements from what was recorded, brings the
/// engine there, and watches what they achieve. Knows no web and no database, only the ports of
/// `usage`.
@NullMarked
package io.fiddler.learning;

import org.jspecify.annotations.NullMarked;
