/// JSON Schema to grammars.
@NullMarked
package io.fiddler.constraint.schema;

import org.jspecify.annotations.NullMarked;
