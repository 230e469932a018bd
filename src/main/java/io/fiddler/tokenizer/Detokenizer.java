package io.fiddler.tokenizer;

/// Turns the tokens of one generation into text piece by piece. The pieces joined are exactly the
/// text of all tokens decoded at once; a character is never split, and text is given out as soon as
/// no later token can change it. Used from one thread at a time.
public interface Detokenizer {
  /// The text that became certain with this token; often empty.
  String append(int tokenId);

  /// What was still held back, at the end of the generation.
  String flush();
}
