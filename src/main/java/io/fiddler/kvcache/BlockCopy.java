package io.fiddler.kvcache;

/// The content of one block, keys and values of all layers, is to be copied to another. Copies of a
/// step are made in their order, before anything of the step is written.
///
/// @param from id of the block that is copied; it may be freed and handed out again in the same
///   step
/// @param to id of the block that is overwritten
public record BlockCopy(int from, int to) {}
