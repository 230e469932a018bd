package io.fiddler.store.batch;

import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.TraceRecord;
import java.util.List;

/// What one transaction writes. Never changed once it may have been sent: it is sent again as it is
/// until the database has it.
///
/// @param number ascending over the writer's life, from 1
/// @param requests rows of the request log
/// @param activations counts to add, each key once, in order of the keys
/// @param traces sampled traces
/// @param losses request rows that were given up
public record Batch(
    long number,
    List<RequestRecord> requests,
    List<ActivationRow> activations,
    List<TraceRecord> traces,
    List<Loss> losses) {
  public Batch {
    requests = List.copyOf(requests);
    activations = List.copyOf(activations);
    traces = List.copyOf(traces);
    losses = List.copyOf(losses);
  }

  /// Without traces and losses.
  public Batch(long number, List<RequestRecord> requests, List<ActivationRow> activations) {
    this(number, requests, activations, List.of(), List.of());
  }

  /// Whether there is nothing to write.
  public boolean isEmpty() {
    return requests.isEmpty() && activations.isEmpty() && traces.isEmpty() && losses.isEmpty();
  }
}
