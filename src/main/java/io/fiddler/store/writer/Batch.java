package io.fiddler.store.writer;

import io.fiddler.usage.RequestRecord;
import java.util.List;

/// What one transaction writes. Never changed once it has a number: it is sent again as it is until
/// the database has it.
///
/// @param number ascending over the writer's life, from 1
/// @param requests rows of the request log
/// @param activations counts to add, each key once, in order of the keys
record Batch(long number, List<RequestRecord> requests, List<ActivationRow> activations) {
  Batch {
    requests = List.copyOf(requests);
    activations = List.copyOf(activations);
  }
}
