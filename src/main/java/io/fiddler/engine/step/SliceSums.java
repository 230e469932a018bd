package io.fiddler.engine.step;

/// How the slices that the device computes of a split expert are added to the host's.
public enum SliceSums {
  /// One by one in their order, so that a result is the same bits however slices are spread: where
  /// both sides round alike. Takes a row of parts for each slice and row.
  ONE_BY_ONE,
  /// As one sum: where the sides round differently anyway. Takes a row of parts for each row.
  TOGETHER;

  /// Rows of parts that `slices` slices take for `rows` rows.
  public int parts(int rows, int slices) {
    return switch (this) {
      case ONE_BY_ONE -> rows * slices;
      case TOGETHER -> slices == 0 ? 0 : rows;
    };
  }
}
