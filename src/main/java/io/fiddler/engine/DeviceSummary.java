package io.fiddler.engine;

import io.fiddler.device.DeviceInfo;

/// The device an engine uses.
///
/// @param info what it is
/// @param reason one sentence: what was chosen and why
/// @param usedBytes memory the process has taken on it, a GPU's context and workspaces included
/// @param expertCapacity experts it can hold
/// @param cpuKernels what the CPU computes with, for example `vector-512+amx`
public record DeviceSummary(
    DeviceInfo info, String reason, long usedBytes, int expertCapacity, String cpuKernels) {}
