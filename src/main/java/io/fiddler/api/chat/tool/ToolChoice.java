package io.fiddler.api.chat.tool;

/// Whether the model calls tools, and which.
public sealed interface ToolChoice {
  /// It does not.
  record None() implements ToolChoice {}

  /// It decides.
  record Auto() implements ToolChoice {}

  /// It calls at least one.
  record Required() implements ToolChoice {}

  /// It calls this one.
  record Named(String name) implements ToolChoice {}
}
