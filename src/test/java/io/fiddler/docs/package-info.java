/// The documents hold: their commands run, their links lead somewhere.
@NullMarked
package io.fiddler.docs;

import org.jspecify.annotations.NullMarked;
