/// Grammars over the tokens of a vocabulary: which tokens continue a text.
@NullMarked
package io.fiddler.constraint.token;

import org.jspecify.annotations.NullMarked;
