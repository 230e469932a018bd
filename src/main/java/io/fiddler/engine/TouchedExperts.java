package io.fiddler.engine;

/// Experts that had rows in a step, counted once a layer: the weights that the step needed.
///
/// @param resident whose weights were on the device
/// @param missed whose weights came from host memory, whatever lane read them
public record TouchedExperts(long resident, long missed) {
  /// Nothing yet.
  public static final TouchedExperts NONE = new TouchedExperts(0, 0);

  /// The sum of both.
  public TouchedExperts plus(TouchedExperts other) {
    return new TouchedExperts(resident + other.resident, missed + other.missed);
  }
}
