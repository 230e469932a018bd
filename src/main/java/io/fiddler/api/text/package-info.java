/// `POST /tokenize` and `POST /detokenize`, in vLLM's shapes.
@NullMarked
package io.fiddler.api.text;

import org.jspecify.annotations.NullMarked;
