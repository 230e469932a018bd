/// Tests of grammars, over the vocabularies of real tokenizers.
@NullMarked
package io.fiddler.constraint;

import org.jspecify.annotations.NullMarked;
