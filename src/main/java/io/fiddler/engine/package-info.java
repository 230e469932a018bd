/// The Fiddler engine as others see it: what it is asked, what it answers, what it reports. Paper:
/// [arXiv 2402.07033](https://arxiv.org/abs/2402.07033).
@NullMarked
package io.fiddler.engine;

import org.jspecify.annotations.NullMarked;
