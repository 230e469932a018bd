/// Text to token ids and back: the model's own tokenizer.json through the Hugging Face library, and
/// an incremental detokeniser that never splits a character.
@NullMarked
package io.fiddler.tokenizer;

import org.jspecify.annotations.NullMarked;
