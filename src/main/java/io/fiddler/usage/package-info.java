/// What the service records about requests and placements, and the ports through which it is stored
/// and reported. No JDBC, no Spring.
@NullMarked
package io.fiddler.usage;

import org.jspecify.annotations.NullMarked;
