package io.fiddler.tokenizer.chat;

/// A conversation as the model reads it.
///
/// @param text with special tokens written out: `tokens` are not what a tokenizer makes of it if a
///   message held the text of one
/// @param tokens token ids
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record ChatPrompt(String text, int[] tokens) {}
