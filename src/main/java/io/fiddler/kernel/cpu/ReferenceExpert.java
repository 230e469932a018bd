package io.fiddler.kernel.cpu;

import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/// One expert written down plainly, in float64 and for every layout of its weights: what lanes are
/// compared with when the service starts. Slow; slices are spread over the processors.
public final class ReferenceExpert {
  private static final int PANEL_ROWS = 16;
  private static final int TILE_COLS = 32;

  private final ExpertFormat format;
  private final MemorySegment weights;

  /// @param expert its bytes, on the host
  public ReferenceExpert(ExpertFormat format, MemoryView expert) {
    this.format = format;
    this.weights = expert.segment(MemoryKind.HOST);
  }

  /// The expert's result for one row.
  ///
  /// @param x `[hiddenSize]`
  /// @return `[hiddenSize]`
  public double[] compute(float[] x) {
    double[][] ofSlice =
        IntStream.range(0, format.numSlices())
            .parallel()
            .mapToObj(slice -> slice(slice, x))
            .toArray(double[][]::new);
    double[] sum = new double[format.hiddenSize()];
    for (double[] y : ofSlice) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += y[i];
      }
    }
    return sum;
  }

  private double[] slice(int slice, float[] x) {
    long at = slice * format.sliceSizeBytes();
    int width = format.sliceWidth();
    int hiddenSize = format.hiddenSize();
    double[] h = new double[width];
    for (int i = 0; i < width; i++) {
      double gate = 0;
      double up = 0;
      for (int j = 0; j < hiddenSize; j++) {
        gate += (double) element(at, hiddenSize, i, j) * x[j];
        up += (double) element(at + format.matrixSizeBytes(), hiddenSize, i, j) * x[j];
      }
      h[i] = gate / (1 + Math.exp(-gate)) * up;
    }
    double[] y = new double[hiddenSize];
    for (int i = 0; i < hiddenSize; i++) {
      for (int j = 0; j < width; j++) {
        y[i] += element(at + 2 * format.matrixSizeBytes(), width, i, j) * h[j];
      }
    }
    return y;
  }

  /// Element `[row, col]` of a matrix with `cols` columns that begins at `offsetBytes`.
  private float element(long offsetBytes, int cols, int row, int col) {
    return ScalarKernels.element(
        format.type(), weights, offsetBytes + index(cols, row, col) * format.type().sizeBytes(), 0);
  }

  private long index(int cols, int row, int col) {
    if (format.tiling() == Tiling.ROW_MAJOR) {
      return (long) row * cols + col;
    }
    long panel = (long) row / PANEL_ROWS * PANEL_ROWS * cols;
    long tile = (long) col / TILE_COLS * PANEL_ROWS * TILE_COLS;
    int column = col % TILE_COLS;
    int inTile = column / 2 * TILE_COLS + row % PANEL_ROWS * 2 + column % 2;
    return panel + tile + inTile;
  }
}
