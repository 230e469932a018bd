/// Replicas without engines over one real database: what they write, and what the database costs;
/// `src/docs/scale.md`.
@NullMarked
package io.fiddler.scale;

import org.jspecify.annotations.NullMarked;
