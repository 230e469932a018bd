package io.fiddler.learning;

import org.jspecify.annotations.Nullable;

/// Who wants something done, and why.
///
/// @param by an operator's name or address; null if nobody in particular does
/// @param reason free text for the record
public record Instruction(@Nullable String by, @Nullable String reason) {
  /// With nobody and nothing to tell.
  public static final Instruction NONE = new Instruction(null, null);

  /// The same by the same for what `text` says, followed by the reason given.
  Instruction because(String text) {
    return new Instruction(by, reason == null ? text : text + ": " + reason);
  }
}
