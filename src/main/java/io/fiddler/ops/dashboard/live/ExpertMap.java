package io.fiddler.ops.dashboard.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Every expert: how often it is chosen and where it lives. [Shares] says how the texts are made.
///
/// @param model name
/// @param device kind and name
/// @param kernels what the CPU computes with
/// @param layers number of experts in each layer
/// @param assignments chosen experts since the model was loaded
/// @param share of each since then
/// @param latelyAssignments chosen experts in the latest minute
/// @param lately share of each in it
/// @param resident which are on the device
/// @param changed which came or went since the version before; null if there was none in this
///   process
/// @param version placement that residency follows
/// @param previousVersion the one before in this process; null if there was none
@JsonInclude
record ExpertMap(
    String model,
    String device,
    String kernels,
    List<Integer> layers,
    long assignments,
    String share,
    long latelyAssignments,
    String lately,
    String resident,
    @Nullable String changed,
    long version,
    @Nullable Long previousVersion) {}
