package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.PinnedMemory;
import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.RouterBlock;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.StepInput;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The segments of a step on an NVIDIA GPU. Everything is queued on the device's compute lane; only
/// {@link #attendAndRoute} and {@link #head} return when their results are on the host.
///
/// All device memory is taken at construction, {@link #scratchBytes} of it, and given back by
/// {@link #close}; graphs of decode steps are captured the first time a layer sees a bucket of
/// rows. After a failure of the device every further call fails too. Used from the step thread; the
/// device must stay open until this is closed.
public final class CudaSegments implements Segments {
  private final CudaDevice device;
  private final Shape shape;
  private final @Nullable PinnedMemory hostRows;
  private @Nullable CudaParts parts;

  /// What the segments must be able to compute.
  ///
  /// @param maxRows most rows of a step
  /// @param hiddenSize width of a row
  /// @param vocabSize rows of embedding and head
  /// @param layers heads of each layer
  /// @param experts the experts of a layer
  /// @param cache the key/value cache
  /// @param batchInvariant whether a row's results are the same bits whatever rows stand beside it:
  ///   then kernels are not chosen by the number of rows, and steps of many take longer
  public record Shape(
      int maxRows,
      int hiddenSize,
      int vocabSize,
      List<Heads> layers,
      Experts experts,
      Cache cache,
      boolean batchInvariant) {
    /// Widest head the attention kernels take.
    private static final int MAX_HEAD_DIM = 256;

    /// A shape of which every step may take the kernels that are fastest for its rows.
    public Shape(
        int maxRows,
        int hiddenSize,
        int vocabSize,
        List<Heads> layers,
        Experts experts,
        Cache cache) {
      this(maxRows, hiddenSize, vocabSize, layers, experts, cache, false);
    }

    public Shape {
      layers = List.copyOf(layers);
      for (Heads heads : layers) {
        if (heads.headDim() < 2 || heads.headDim() > MAX_HEAD_DIM || heads.headDim() % 2 != 0) {
          throw new IllegalArgumentException(
              "head_dim must be even and in [2, %d] on a CUDA device, got %d"
                  .formatted(MAX_HEAD_DIM, heads.headDim()));
        }
      }
    }

    /// The same with results that do not depend on the rows beside.
    public Shape batchInvariantly() {
      return new Shape(maxRows, hiddenSize, vocabSize, layers, experts, cache, true);
    }

    /// The experts of a layer.
    ///
    /// @param topK most experts a row goes to
    /// @param format how an expert lies in memory
    public record Experts(int topK, ExpertFormat format) {}

    /// The key/value cache.
    ///
    /// @param blocks most entries that the block tables of a step have together; sequences that
    ///   share a block count it each
    /// @param blockTokens positions a block
    /// @param maxPositions positions of the longest sequence
    /// @param type of keys and values: F32 or BF16
    public record Cache(int blocks, int blockTokens, int maxPositions, ElementType type) {
      public Cache {
        if (type == ElementType.F16) {
          throw new IllegalArgumentException(
              "keys and values must be F32 or BF16 on a CUDA device, got F16");
        }
      }
    }
  }

  /// Segments for steps of `shape`.
  ///
  /// @throws io.fiddler.device.DeviceMemoryException if the device's memory does not hold the
  ///   scratch; nothing stays allocated
  public CudaSegments(CudaDevice device, Shape shape) {
    this(device, shape, null);
  }

  /// The same, with page-locked memory into which the device writes rows for the host directly: a
  /// `hostNormed` within it is not copied again.
  ///
  /// @param hostRows stays the caller's, and open until these segments are closed
  public CudaSegments(CudaDevice device, Shape shape, @Nullable PinnedMemory hostRows) {
    this(device, shape, hostRows, true);
  }

  /// With or without graphs.
  CudaSegments(CudaDevice device, Shape shape, @Nullable PinnedMemory hostRows, boolean useGraphs) {
    this.device = device;
    this.shape = shape;
    this.hostRows = hostRows;
    this.parts = CudaParts.open(device, shape, useGraphs);
  }

  /// Begins to load the kernels in the background, while there is something else to wait for. The
  /// first time on a machine the driver compiles them, which takes some seconds.
  public static void prepare(CudaDevice device) {
    device.kernels().preload(KernelFiles.USED);
  }

  /// Device memory the segments take.
  public static long scratchBytes(Shape shape) {
    return new ScratchLayout(shape).sizeBytes();
  }

  /// In which type the cache of a model is best kept: BF16 where the weights are, which halves what
  /// it takes and lets prompts use tensor cores, else F32.
  public static ElementType cacheType(ElementType weights) {
    return weights == ElementType.BF16 ? ElementType.BF16 : ElementType.F32;
  }

  @Override
  public ElementType cacheType() {
    return shape.cache().type();
  }

  @Override
  public void embed(Matrix table, StepInput input, Matrix x) {
    parts().step().embed(table, input, x);
  }

  @Override
  public void attendAndRoute(
      AttentionBlock attention,
      RouterBlock router,
      KvLayer cache,
      StepInput input,
      Matrix x,
      Matrix normed,
      Matrix hostNormed,
      Routing routing) {
    CudaParts open = parts();
    int rows = input.rows();
    int hiddenSize = shape.hiddenSize();
    MemorySegment host = hostNormed.memory().segment(MemoryKind.HOST);
    long direct = directAddress(host);
    LayerCall call =
        new LayerCall(
            attention,
            router,
            cache,
            open.ropes().addressOf(attention.rope().inverseFrequencies()),
            DeviceRows.activations("x", x, rows, hiddenSize),
            DeviceRows.activations("normed", normed, rows, hiddenSize),
            direct == 0 ? open.mailbox().values() : direct);
    call.requireFits(shape, routing, hostNormed, rows);
    open.step().use(input);
    call.requireHolds(open.step().largestBlock());
    open.submit(call);
    open.mailbox().await("a router's choice");
    open.uploads().consumed();
    if (direct == 0) {
      open.mailbox().readValues(host, (long) rows * hiddenSize * Float.BYTES);
    }
    open.mailbox().readChoices(rows, routing);
  }

  /// Where the device finds host memory that lies in {@link #hostRows}; 0 for other memory.
  private long directAddress(MemorySegment host) {
    if (hostRows == null) {
      return 0;
    }
    MemorySegment pinned = hostRows.host().segment(MemoryKind.HOST);
    long offset = host.address() - pinned.address();
    boolean within = offset >= 0 && offset + host.byteSize() <= pinned.byteSize();
    return within ? hostRows.deviceAddress() + offset : 0;
  }

  @Override
  public void experts(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out) {
    parts().experts().run(tasks, normed, rowOfGrouped, out);
  }

  @Override
  public void combine(CombineInput input, Matrix partRows, Matrix x) {
    parts().combine().run(input, partRows, x);
  }

  @Override
  public void head(
      Matrix norm, float rmsNormEps, Matrix head, int[] rows, Matrix x, float[] logits) {
    parts().head().run(norm, rmsNormEps, head, rows, x, logits);
  }

  /// Number of graphs captured so far.
  int graphs() {
    return parts().graphs().size();
  }

  @Override
  public void close() {
    if (parts != null) {
      CudaParts open = parts;
      parts = null;
      // What was queued may still use the scratch.
      try (open) {
        device.compute().synchronize();
      }
    }
  }

  private CudaParts parts() {
    CudaParts current = parts;
    if (current == null) {
      throw new IllegalStateException("the segments are closed");
    }
    return current;
  }
}
