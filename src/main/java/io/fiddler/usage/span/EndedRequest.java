package io.fiddler.usage.span;

import io.fiddler.usage.RequestRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request at its end.
///
/// @param record its row of the request log
/// @param model the model's name as clients know it; null if it failed before one was known
/// @param generations what the engine ran for it
public record EndedRequest(
    RequestRecord record, @Nullable String model, List<EndedGeneration> generations) {
  public EndedRequest {
    generations = List.copyOf(generations);
  }
}
