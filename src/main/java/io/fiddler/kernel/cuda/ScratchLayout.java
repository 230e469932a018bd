package io.fiddler.kernel.cuda;

import io.fiddler.device.DeviceMemory;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/// How the segments' scratch memory is divided. Regions of different segments lie over each other:
/// the compute lane does one after the other. Pure.
final class ScratchLayout {
  /// What the attention of one row is cut into at most; more pieces would only be more to merge.
  private static final int MAX_SPLITS = 32;

  /// Positions of a piece at least: shorter ones cost more to start than to read.
  private static final int MIN_SPLIT_TOKENS = 256;

  /// Rows the head computes at once.
  static final int HEAD_ROWS = 64;

  /// Rows of an expert that cuBLAS multiplies at once: by then it is bound by arithmetic, and more
  /// would only take more scratch.
  static final int PRODUCT_ROWS = 1024;

  /// What expert kernels may take for the values between their two halves.
  private static final long HIDDEN_VALUES_BYTES = 32L << 20;

  private static final int MAX_ENTRIES = 1024;

  private final Shape shape;
  private final Map<Region, Long> offsets = new EnumMap<>(Region.class);
  private final Map<Region, Long> sizes = new EnumMap<>(Region.class);
  private long sizeBytes;

  /// Who uses a region.
  private enum Owner {
    ALL,
    LAYER,
    EXPERTS,
    HEAD
  }

  /// A part of the memory.
  enum Region {
    STEP_TABLE(Owner.ALL),
    EXPERT_TABLE(Owner.ALL),
    COMBINE_TABLE(Owner.ALL),
    HEAD_TABLE(Owner.ALL),
    PUBLICATIONS(Owner.ALL),
    ROPE(Owner.ALL),
    QUERY(Owner.LAYER),
    KEY(Owner.LAYER),
    VALUE(Owner.LAYER),
    ROUNDED(Owner.LAYER),
    PRODUCT(Owner.LAYER),
    PARTIALS(Owner.LAYER),
    STATS(Owner.LAYER),
    SELECTED(Owner.LAYER),
    ROUTING_WEIGHTS(Owner.LAYER),
    HIDDEN_VALUES(Owner.EXPERTS),
    GROUPED(Owner.EXPERTS),
    GATE(Owner.EXPERTS),
    UP(Owner.EXPERTS),
    HIDDEN_ROUNDED(Owner.EXPERTS),
    UNTILED(Owner.EXPERTS),
    HEAD_NORMED(Owner.HEAD),
    HEAD_ROUNDED(Owner.HEAD),
    LOGITS(Owner.HEAD);

    private final Owner owner;

    Region(Owner owner) {
      this.owner = owner;
    }
  }

  ScratchLayout(Shape shape) {
    this.shape = shape;
    long common = place(Owner.ALL, 0);
    for (Owner owner : new Owner[] {Owner.LAYER, Owner.EXPERTS, Owner.HEAD}) {
      sizeBytes = Math.max(sizeBytes, place(owner, common));
    }
  }

  private long place(Owner owner, long from) {
    long next = from;
    for (Region region : Region.values()) {
      if (region.owner == owner) {
        long size = DeviceMemory.aligned(size(region));
        offsets.put(region, next);
        sizes.put(region, size);
        next += size;
      }
    }
    return next;
  }

  /// Bytes in all.
  long sizeBytes() {
    return sizeBytes;
  }

  long offset(Region region) {
    return offsets.getOrDefault(region, 0L);
  }

  long sizeBytes(Region region) {
    return sizes.getOrDefault(region, 0L);
  }

  /// Rows that a step's scratch holds: those of the largest step, or of the bucket it is rounded up
  /// to.
  int rows() {
    return Math.max(
        shape.maxRows(), BatchBuckets.of(Math.min(shape.maxRows(), BatchBuckets.LARGEST)));
  }

  /// Rows of a range for the decode kernel.
  int decodeRows() {
    return Math.min(rows(), BatchBuckets.LARGEST);
  }

  /// Rows the head computes at once.
  int headRows() {
    return Math.min(shape.maxRows(), HEAD_ROWS);
  }

  /// Rows of an expert that cuBLAS multiplies at once.
  int productRows() {
    return Math.min(shape.maxRows(), PRODUCT_ROWS);
  }

  /// Positions of a piece of the decode kernel.
  int splitTokens() {
    int blocks = Math.ceilDiv(shape.cache().maxPositions(), MAX_SPLITS);
    return Math.max(MIN_SPLIT_TOKENS, blocks);
  }

  /// Pieces of the longest context.
  int maxSplits() {
    return Math.ceilDiv(shape.cache().maxPositions(), splitTokens());
  }

  /// Slices of one launch of the expert kernels.
  int maxSlices() {
    ExpertFormat format = shape.experts().format();
    long fitting = HIDDEN_VALUES_BYTES / hiddenValuesOfSlice(format);
    return (int) Math.max(format.numSlices(), Math.min(fitting, MAX_ENTRIES));
  }

  /// Rows in grouped order.
  int groupedRows() {
    return shape.maxRows() * shape.experts().topK();
  }

  private static long hiddenValuesOfSlice(ExpertFormat format) {
    return (long) ExpertWorkTable.MAX_ENTRY_ROWS * format.sliceWidth() * Float.BYTES;
  }

  private long size(Region region) {
    ExpertFormat format = shape.experts().format();
    long rows = rows();
    long hidden = shape.hiddenSize();
    long queryWidth = most(heads -> heads.numHeads() * heads.headDim());
    long keyWidth = most(heads -> heads.numKvHeads() * heads.headDim());
    long pieces = (long) decodeRows() * maxSplits();
    // Only bf16 experts with many rows go to cuBLAS.
    boolean multiplied = format.type() == ElementType.BF16 && !shape.batchInvariant();
    long products = multiplied ? productRows() : 0;
    return switch (region) {
      case STEP_TABLE -> new StepTable(rows()).sizeBytes(shape.cache().blocks());
      case EXPERT_TABLE -> ExpertWorkTable.sizeBytes(maxSlices(), groupedRows());
      case COMBINE_TABLE -> CombineTable.sizeBytes(groupedRows());
      case HEAD_TABLE -> CudaHead.tableBytes(headRows());
      case PUBLICATIONS -> 2 * Integer.BYTES;
      case ROPE -> (long) shape.layers().size() * ropeBytes();
      case QUERY -> rows * queryWidth * Float.BYTES;
      case KEY, VALUE -> rows * keyWidth * Float.BYTES;
      case ROUNDED -> rows * Math.max(hidden, queryWidth) * Short.BYTES;
      case PRODUCT -> decodeRows() * hidden * Float.BYTES;
      case PARTIALS -> pieces * queryWidth * Float.BYTES;
      case STATS -> pieces * most(Heads::numHeads) * 2 * Float.BYTES;
      case SELECTED, ROUTING_WEIGHTS -> rows * shape.experts().topK() * Integer.BYTES;
      case HIDDEN_VALUES -> maxSlices() * hiddenValuesOfSlice(format);
      case GROUPED -> products * hidden * Short.BYTES;
      case GATE, UP -> products * format.sliceWidth() * Float.BYTES;
      case HIDDEN_ROUNDED -> products * format.sliceWidth() * Short.BYTES;
      case UNTILED ->
          format.tiling() == ExpertFormat.Tiling.AMX_TILES ? format.sliceSizeBytes() : 0;
      case HEAD_NORMED -> headRows() * hidden * Float.BYTES;
      case HEAD_ROUNDED -> headRows() * hidden * Short.BYTES;
      case LOGITS -> (long) headRows() * shape.vocabSize() * Float.BYTES;
    };
  }

  /// Bytes of one layer's frequencies.
  long ropeBytes() {
    return DeviceMemory.aligned(most(Heads::headDim) / 2L * Float.BYTES);
  }

  private int most(ToIntFunction<Heads> width) {
    return shape.layers().stream().mapToInt(width).max().orElse(1);
  }
}
