package io.fiddler.device;

/// What a device is.
///
/// @param kind `cuda`, `emulated` or `none`
/// @param name what people call it, for example the card's name
/// @param memoryBytes what the process may take on it in all; 0 for `none`
public record DeviceInfo(String kind, String name, long memoryBytes) {}
