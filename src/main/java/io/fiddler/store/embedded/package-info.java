/// A real PostgreSQL for whoever has configured none: its binaries come in a jar, its data lies in
/// the service's home.
@NullMarked
package io.fiddler.store.embedded;

import org.jspecify.annotations.NullMarked;
