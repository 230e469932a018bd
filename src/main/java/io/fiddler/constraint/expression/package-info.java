/// What grammars are made of: terminals that read bytes, and how they are put together.
@NullMarked
package io.fiddler.constraint.expression;

import org.jspecify.annotations.NullMarked;
