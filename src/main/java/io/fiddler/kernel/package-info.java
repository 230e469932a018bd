/// The contract of the compute, in segments: embed, attention and router, experts, combine, head.
/// Knows matrices and rows, not models.
@NullMarked
package io.fiddler.kernel;

import org.jspecify.annotations.NullMarked;
