package io.fiddler.engine;

import io.fiddler.device.DeviceInfo;

/// The device an engine uses.
///
/// @param info what it is
/// @param reason one sentence: what was chosen and why
/// @param usedBytes memory in use on it
/// @param expertCapacity experts it can hold
/// @param kernels the kernel set in use, for example `vector-512`
public record DeviceSummary(
    DeviceInfo info, String reason, long usedBytes, int expertCapacity, String kernels) {}
