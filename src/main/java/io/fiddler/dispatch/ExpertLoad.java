package io.fiddler.dispatch;

/// What one layer asks of one expert in a step.
///
/// @param expert index in the layer
/// @param rows rows routed to it, at least one
/// @param resident whether its weights are on the device
/// @param sentSlices slices already on their way to the device, the first ones of the expert, since
///   it was expected to be streamed; they are lost if it is not
/// @param arrivedSlices those of them that are there
public record ExpertLoad(
    int expert, int rows, boolean resident, int sentSlices, int arrivedSlices) {
  /// An expert of which nothing is on its way.
  public ExpertLoad(int expert, int rows, boolean resident) {
    this(expert, rows, resident, 0, 0);
  }
}
