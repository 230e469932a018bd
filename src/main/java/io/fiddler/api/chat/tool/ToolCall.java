package io.fiddler.api.chat.tool;

/// A call that the model made.
///
/// @param index among the calls of its choice
/// @param id by which the client's result refers to it
/// @param name of the tool
/// @param arguments JSON
public record ToolCall(int index, String id, String name, String arguments) {}
