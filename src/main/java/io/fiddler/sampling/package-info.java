/// Logits to token: penalties, temperature, top-k, top-p, min-p, seeded. Pure.
@NullMarked
package io.fiddler.sampling;

import org.jspecify.annotations.NullMarked;
