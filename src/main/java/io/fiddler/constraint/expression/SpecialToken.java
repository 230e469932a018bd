package io.fiddler.constraint.expression;

import org.jspecify.annotations.Nullable;

/// One special token, which no text stands for.
///
/// @param tokenId the token
public record SpecialToken(int tokenId) implements Residual {
  /// What is added to a special token's id to make it a symbol: bytes come before.
  public static final int FIRST_SYMBOL = 0x100;

  public SpecialToken {
    if (tokenId < 0) {
      throw new IllegalArgumentException("token id must be >= 0, got " + tokenId);
    }
  }

  @Override
  public @Nullable Residual next(int symbol) {
    return symbol == FIRST_SYMBOL + tokenId ? Ended.ENDED : null;
  }
}
