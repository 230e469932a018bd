package io.fiddler.bench.probe;

import org.jspecify.annotations.Nullable;

/// What a machine's memory and copy engine can do, in bytes a second. Null where there is no device
/// to copy to.
///
/// @param threads threads that read
/// @param hostRead the CPU reads memory
/// @param copy the copy engine copies to the device
/// @param hostReadTogether the CPU reads while the copy engine copies
/// @param copyTogether the copy engine copies while the CPU reads
/// @param deviceCopy the device copies within its memory; bytes read and written both count
public record MachineRates(
    int threads,
    double hostRead,
    @Nullable Double copy,
    @Nullable Double hostReadTogether,
    @Nullable Double copyTogether,
    @Nullable Double deviceCopy) {}
