/// Messages to prompts by the model's own chat template, rendered as Hugging Face renders it,
/// within a budget, and tokenised so that nothing in a message becomes a special token.
@NullMarked
package io.fiddler.tokenizer.chat;

import org.jspecify.annotations.NullMarked;
