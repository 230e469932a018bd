package io.fiddler.engine.load;

import io.fiddler.expert.Way;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;

/// How far a lane's result may be from the reference, as the length of the difference over the
/// length of the row.
///
/// A lane with float32 activations is off by about 6e-7, one that rounds them to bf16 (8 bits) by
/// about 2e-3; a lane that takes a slice from the wrong place is off by the square root of one over
/// the number of slices, 0.27 for Mixtral, and one that computes nonsense by 1 or more.
///
/// @param host for what the host computes
/// @param device for what the device computes
record LaneTolerance(double host, double device) {
  private static final double FLOAT32 = 5e-5;
  private static final double BF16 = 2e-2;

  /// What experts in this format allow: tiles are multiplied in bf16.
  ///
  /// @param deviceRounds whether the device multiplies in bf16, too
  static LaneTolerance of(ExpertFormat format, boolean deviceRounds) {
    double host = format.tiling() == Tiling.AMX_TILES ? BF16 : FLOAT32;
    return new LaneTolerance(host, deviceRounds ? BF16 : host);
  }

  double of(Way way) {
    return switch (way) {
      case RESIDENT, STREAMED -> device;
      case HOST -> host;
      case SPLIT -> Math.max(host, device);
    };
  }
}
