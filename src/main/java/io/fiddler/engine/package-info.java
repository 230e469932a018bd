/// The Fiddler engine: loading, the step loop, the decoder's forward pass, and the residency of
/// experts. Paper: [arXiv 2402.07033](https://arxiv.org/abs/2402.07033).
@NullMarked
package io.fiddler.engine;

import org.jspecify.annotations.NullMarked;
