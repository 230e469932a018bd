package io.fiddler.dispatch;

import java.util.List;

/// Decides, per layer and step, where each expert is computed. Pure and fast (microseconds).
@FunctionalInterface
public interface Dispatcher {
  /// One decision for each load, in the same order.
  ///
  /// @param loads the experts that rows were routed to, in order of their index
  /// @param numSlices slices an expert has
  List<ExpertDecision> plan(List<ExpertLoad> loads, int numSlices);
}
