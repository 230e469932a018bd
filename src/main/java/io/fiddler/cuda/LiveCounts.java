package io.fiddler.cuda;

/// What a device has opened and not closed, in numbers: all zero once it is closed.
///
/// @param allocations of device memory
/// @param graphs captured
/// @param pinned allocations of page-locked host memory
/// @param registrations of host memory
/// @param modules of kernels; they stay until the device is closed
/// @param events handles of the driver; they stay until the device is closed
public record LiveCounts(
    int allocations, int graphs, int pinned, int registrations, int modules, int events) {}
