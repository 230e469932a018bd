/// Texts of a given form: grammars of JSON, of JSON Schema and of literal text, and the tokens that
/// continue a text of such a form. Knows no model and no request.
@NullMarked
package io.fiddler.constraint;

import org.jspecify.annotations.NullMarked;
