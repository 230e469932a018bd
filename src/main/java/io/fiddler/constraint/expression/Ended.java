package io.fiddler.constraint.expression;

import org.jspecify.annotations.Nullable;

/// Nothing is left.
public enum Ended implements Residual {
  /// The one such residual.
  ENDED;

  @Override
  public @Nullable Residual next(int symbol) {
    return null;
  }

  @Override
  public boolean mayEnd() {
    return true;
  }

  @Override
  public boolean mayContinue() {
    return false;
  }
}
