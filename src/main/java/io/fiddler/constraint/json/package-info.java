/// The syntax of JSON (RFC 8259) as terminals and expressions.
@NullMarked
package io.fiddler.constraint.json;

import org.jspecify.annotations.NullMarked;
