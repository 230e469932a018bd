/// Beam search over the tokens of one prompt. Pure: ranked tokens in, beams and hypotheses out.
@NullMarked
package io.fiddler.sampling.beam;

import org.jspecify.annotations.NullMarked;
