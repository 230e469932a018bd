package io.fiddler.constraint.expression;

import org.jspecify.annotations.Nullable;

/// What is left to be read of a terminal (Brzozowski's derivative): an immutable state of a
/// deterministic automaton. Equal residuals accept the same.
///
/// A residual is never a dead end: where it may not end, at least one byte leads on, and so on
/// until it ends.
public interface Residual {
  /// What is left after one more symbol; null if it may not come.
  ///
  /// @param symbol a byte in [0, 255], or 256 + id for a special token
  @Nullable Residual next(int symbol);

  /// Whether nothing more is needed; in the middle of most terminals something is.
  default boolean mayEnd() {
    return false;
  }

  /// Whether anything more may come; it must where this may not end.
  default boolean mayContinue() {
    return true;
  }

  /// A residual that accepts and refuses the same texts of up to `bytes` bytes, preferably one that
  /// many residuals share: what a counter that is far from its limit becomes.
  default Residual within(int bytes) {
    return this;
  }
}
