package io.fiddler.load;

import java.util.List;
import java.util.Map;

/// What was measured with so many clients.
///
/// @param clients at once
/// @param seconds how long
/// @param requestsPerSecond ended, bad ones and those that left included
/// @param tokensPerSecond streamed
/// @param firstTokenMillis p50, p95, p99
/// @param tokenMillis between tokens of a stream: p50, p95, p99
/// @param ends how requests ended, by kind
/// @param wrong what nobody intended, with an example each
/// @param memory over the time
record Level(
    int clients,
    double seconds,
    double requestsPerSecond,
    double tokensPerSecond,
    List<Double> firstTokenMillis,
    List<Double> tokenMillis,
    Map<String, Long> ends,
    Map<String, String> wrong,
    List<Memory> memory) {}
