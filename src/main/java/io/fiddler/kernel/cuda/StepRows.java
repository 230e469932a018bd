package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.CudaKernels;
import io.fiddler.cuda.Grid;
import io.fiddler.kernel.StepInput;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.kernel.cuda.ScratchLayout.Region;
import io.fiddler.tensor.Matrix;
import org.jspecify.annotations.Nullable;

/// The rows of the current step on the device, sent once a step; and their embedding, which is the
/// first to need them.
final class StepRows {
  private final Shape shape;
  private final KernelQueue queue;
  private final TableUploads uploads;
  private final long address;
  private final AttentionRanges ranges;
  private final TypedKernel embed;
  private @Nullable StepInput current;
  private StepTable table = new StepTable(1);
  private int largestBlock;

  StepRows(
      Shape shape, CudaKernels kernels, KernelQueue queue, TableUploads uploads, Scratch scratch) {
    this.shape = shape;
    this.queue = queue;
    this.uploads = uploads;
    this.address = scratch.at(Region.STEP_TABLE);
    this.ranges = new AttentionRanges(scratch.layout().decodeRows(), shape.batchInvariant());
    this.embed = TypedKernel.of(kernels, "embed");
  }

  /// `x[r] = weights[tokens[r]]`; begins a step.
  void embed(Matrix weights, StepInput input, Matrix x) {
    for (int row = 0; row < input.rows(); row++) {
      int token = input.tokens()[row];
      if (token < 0 || token >= weights.rows()) {
        throw new IllegalArgumentException(
            "token must be in [0, %d), got %d (row %d)".formatted(weights.rows(), token, row));
      }
    }
    long to = DeviceRows.activations("x", x, input.rows(), weights.cols());
    send(input);
    queue
        .arguments()
        .address(DeviceRows.address(weights))
        .address(at(table.tokensOffset()))
        .address(rowCount())
        .i32(weights.cols())
        .address(to);
    CudaFunction kernel = embed.of(weights.type());
    queue.launch(kernel, Grid.of(input.rows(), KernelQueue.BLOCK));
  }

  /// Makes `input` the current step, unless it is.
  void use(StepInput input) {
    if (!input.equals(current)) {
      send(input);
    }
  }

  private void send(StepInput input) {
    int rows = input.rows();
    if (rows < 1 || rows > shape.maxRows()) {
      throw new IllegalArgumentException(
          "rows of a step must be in [1, %d], got %d".formatted(shape.maxRows(), rows));
    }
    int blocks = StepTable.blocks(input);
    if (blocks > shape.cache().blocks()) {
      throw new IllegalArgumentException(
          "the sequences of a step must have at most %d blocks, got %d"
              .formatted(shape.cache().blocks(), blocks));
    }
    current = null;
    largestBlock = StepTable.requireSound(input, shape.cache().blockTokens());
    ranges.divide(input.sequenceOfRow());
    table = new StepTable(isDecode() ? BatchBuckets.of(rows) : rows);
    long at = uploads.take(table.sizeBytes(blocks));
    table.write(uploads.memory(), at, input, ranges);
    uploads.send(at, table.sizeBytes(blocks), address);
    current = input;
  }

  /// Whether all rows stand alone and fit a bucket.
  boolean isDecode() {
    return ranges.isOneDecodeRange();
  }

  /// Rows to launch for: those of the step, or of its bucket.
  int gridRows() {
    return table.capacity();
  }

  /// The largest number in the block tables.
  int largestBlock() {
    return largestBlock;
  }

  AttentionRanges ranges() {
    return ranges;
  }

  /// Where the device finds the number of rows.
  long rowCount() {
    return at(table.rowCountOffset());
  }

  long positions() {
    return at(table.positionsOffset());
  }

  long sequences() {
    return at(table.sequencesOffset());
  }

  long blockTables() {
    return at(table.blocksOffset());
  }

  /// Where the device finds the bounds of an attention range.
  long range(int index) {
    return at(table.rangeOffset(index));
  }

  private long at(long offset) {
    return address + offset;
  }
}
