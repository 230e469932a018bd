/// Traces of requests as spans of OpenTelemetry: made of a request's own times once it is over, and
/// sent by a thread of their own.
@NullMarked
package io.fiddler.ops.span;

import org.jspecify.annotations.NullMarked;
