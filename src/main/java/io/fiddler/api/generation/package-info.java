/// What every route that generates text shares: how its requests run, are answered and recorded.
/// Nothing here knows the fields of a route's own bodies. Each of the packages within knows only
/// those before it: `request` (what is to be generated), `run` (the generations and their account),
/// `answer`.
@NullMarked
package io.fiddler.api.generation;

import org.jspecify.annotations.NullMarked;
