package io.fiddler.kernel.cpu;

import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.RouterBlock;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.StepInput;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The segments of a step on the CPU, for matrices in one kind of memory: HOST, or DEVICE for an
/// emulated device. As an {@link io.fiddler.kernel.ExpertSegment} it is also the host's side of the
/// experts. Everything is done when a method returns.
///
/// Used from the step thread, which is worker 0 of the pool. Several may share a pool; the pool
/// belongs to whoever made it and is not closed here. Scratch memory is on the heap (for experts in
/// tiles outside it), grows to the largest step so far and is freed by {@link #close}: about `4 *
/// rows * (4 * numHeads * headDim + 3 * hiddenSize)` bytes, and 64 MiB or one piece of 256 rows for
/// the experts.
public final class CpuSegments implements Segments {
  private final CpuKernelSet set;
  private final CpuKernels kernels;
  private @Nullable Parts parts;
  private @Nullable ForemanThread foreman;

  private record Parts(
      Core core,
      CpuAttention attention,
      CpuRouter router,
      CpuExperts experts,
      CpuCombine combine,
      CpuHead head) {
    Parts(Core core, CpuKernelSet set) {
      this(
          core,
          new CpuAttention(core),
          new CpuRouter(core),
          new CpuExperts(core, set.tiles()),
          new CpuCombine(core),
          new CpuHead(core));
    }
  }

  CpuSegments(CpuKernelSet set, WorkerPool pool, MemoryKind kind) {
    this.set = set;
    this.kernels = set.kernels();
    this.parts = new Parts(new Core(kernels, pool, kind), set);
  }

  CpuSegments(CpuKernels kernels, WorkerPool pool, MemoryKind kind) {
    this(new CpuKernelSet(kernels, null), pool, kind);
  }

  /// Segments for matrices in `kind` memory, with the fastest kernels this JVM and CPU allow.
  public static CpuSegments create(MemoryKind kind, WorkerPool pool) {
    return CpuKernelSet.fastest().segments(kind, pool);
  }

  /// Name of the kernel set, see {@link CpuKernelSet#name}.
  public String kernels() {
    return set.name();
  }

  @Override
  public void embed(Matrix table, StepInput input, Matrix x) {
    Core core = parts().core();
    int rows = input.rows();
    int hiddenSize = table.cols();
    MemorySegment from = core.segment(table);
    MemorySegment to = core.activations("x", x, rows, hiddenSize);
    core.run(
        rows,
        (long) rows * hiddenSize,
        (worker, r) -> {
          int token = input.tokens()[r];
          if (token < 0 || token >= table.rows()) {
            throw new IllegalArgumentException(
                "token must be in [0, %d), got %d (row %d)".formatted(table.rows(), token, r));
          }
          float[] row = core.scratch(worker).row(hiddenSize);
          kernels.widen(table.type(), from, token * table.rowSizeBytes(), hiddenSize, row, 0);
          Core.store(row, 0, to, r, hiddenSize);
        });
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
    parts().attention().run(attention, cache, input, x);
    parts().router().run(router, input.rows(), x, normed, hostNormed, routing);
  }

  @Override
  public void experts(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out) {
    parts().experts().run(tasks, normed, rowOfGrouped, out);
  }

  /// Returns at once; a thread of its own, started by the first call, leads the workers.
  @Override
  public Started begin(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out) {
    CpuExperts experts = parts().experts();
    ForemanThread leading = foreman;
    if (leading == null) {
      leading = new ForemanThread();
      foreman = leading;
    }
    return leading.begin(() -> experts.run(tasks, normed, rowOfGrouped, out));
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

  @Override
  public void close() {
    if (foreman != null) {
      foreman.close();
      foreman = null;
    }
    if (parts != null) {
      parts.experts().close();
      parts = null;
    }
  }

  private Parts parts() {
    Parts current = parts;
    if (current == null) {
      throw new IllegalStateException("the segments are closed");
    }
    return current;
  }
}
