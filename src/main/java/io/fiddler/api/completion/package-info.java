/// `POST /v1/completions` and its options. Each of the packages within knows only those before it:
/// `request` (what is asked for), `run` (the generations and their account), `answer`.
@NullMarked
package io.fiddler.api.completion;

import org.jspecify.annotations.NullMarked;
