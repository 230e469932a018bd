package io.fiddler.constraint.json;

import org.jspecify.annotations.Nullable;

/// What is left of a string's content, in code points; immutable, never a dead end. Equal contents
/// accept the same.
public interface Content {
  /// The last code point there is.
  int LAST = Character.MAX_CODE_POINT;

  /// What is left after one more code point, which is no surrogate; null if it may not come.
  @Nullable Content next(int codePoint);

  /// Whether any code point of `[low, high]` that is no surrogate may come.
  boolean reaches(int low, int high);

  /// Whether the string may end here.
  boolean mayEnd();

  /// The last code point that may be written by its number, in four hexadecimal digits: any where
  /// anything goes, else only the control characters, which have to be.
  default int lastEscaped() {
    return 0x1F;
  }

  /// A content that accepts and refuses the same for up to `characters` more.
  default Content within(int characters) {
    return this;
  }
}
