package io.fiddler.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.kernel.cpu.amx.AmxKernels;
import io.fiddler.tensor.AmxTiles;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Experts in tiles: what every kernel set does, with activations rounded to bf16.
abstract class TiledExpertsContract extends ExpertsContract {
  private static final int DEPTH = 32;

  abstract AmxKernels tiles();

  @Override
  final CpuKernelSet kernels() {
    return new CpuKernelSet(new ScalarKernels(), tiles());
  }

  @Override
  final List<ElementType> types() {
    return List.of(ElementType.BF16);
  }

  @Override
  final ExpertFormat format(ElementType type, int hiddenSize, int intermediateSize, int numSlices) {
    int width = Math.ceilDiv(intermediateSize / numSlices, DEPTH) * DEPTH;
    return new ExpertFormat(
        ElementType.BF16,
        Math.ceilDiv(hiddenSize, DEPTH) * DEPTH,
        width * numSlices,
        numSlices,
        Tiling.AMX_TILES);
  }

  @Override
  final MemoryView laidOut(ExpertFormat format, MemoryView rowMajor) {
    MemorySegment plain = rowMajor.segment(rowMajor.kind());
    // Kept by the view; an odd multiple of two, for tiles are not aligned to anything either.
    MemorySegment memory =
        Arena.ofAuto().allocate(plain.byteSize() + 2, 64).asSlice(2).copyFrom(plain);
    MemoryView expert = MemoryView.of(rowMajor.kind(), memory);
    AmxTiles tiles = new AmxTiles(format);
    for (int slice = 0; slice < format.numSlices(); slice++) {
      tiles.pack(format.slices(expert, slice, 1));
    }
    return expert;
  }

  @Override
  final double input(double x) {
    return bf16((float) x);
  }

  @Override
  final Float64.Bounded inner(Float64.Bounded h) {
    return new Float64.Bounded(h.value(), h.error() + 0x1p-8 * (Math.abs(h.value()) + h.error()));
  }

  private static float bf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
  }

  @Test
  void experts_refuse_whenTheKernelSetKnowsNoTiles() {
    ExpertFormat format = format(ElementType.BF16, 32, 32, 1);
    try (Arena arena = Arena.ofShared();
        WorkerPool pool = new WorkerPool(1);
        CpuSegments segments = new CpuSegments(new ScalarKernels(), pool, MemoryKind.HOST)) {
      TestMatrices matrices = new TestMatrices(arena, MemoryKind.HOST, 1);
      MemoryView expert = matrices.zeros(ElementType.BF16, 96, 32).memory();
      Matrix normed = matrices.zeros(ElementType.F32, 1, 32);
      ExpertTask tiled = new ExpertTask(format, expert, 1, 0, 1, 0, Output.SET);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> segments.experts(List.of(tiled), normed, new int[1], normed))
          .withMessage("the kernels scalar read no experts in AMX_TILES");
      ExpertTask plain =
          new ExpertTask(format.with(Tiling.ROW_MAJOR), expert, 1, 0, 1, 0, Output.SET);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> segments.experts(List.of(plain, tiled), normed, new int[1], normed))
          .withMessage("the tasks of a call must have one tiling, ROW_MAJOR, got AMX_TILES");
    }
  }

  @Test
  void check_accepts() {
    TilesCheck.run(tiles());
  }

  @Test
  void closing_freesTheMemoryOfActivations() {
    ExpertFormat format = format(ElementType.BF16, 64, 64, 2);
    int before = HostMemory.liveAllocations();
    try (Arena arena = Arena.ofShared();
        WorkerPool pool = new WorkerPool(1)) {
      TestMatrices matrices = new TestMatrices(arena, MemoryKind.DEVICE, 1);
      MemoryView expert = laidOut(format, matrices.normal(ElementType.BF16, 192, 64, 0.1).memory());
      CpuSegments segments = new CpuSegments(kernels(), pool, MemoryKind.DEVICE);
      for (int rows : new int[] {1, 40, 300}) {
        Matrix normed = matrices.normal(ElementType.F32, rows, 64, 1);
        ExpertTask task = new ExpertTask(format, expert, 2, 0, rows, 0, Output.SET);
        segments.experts(List.of(task), normed, new int[rows], normed);
      }
      assertThat(HostMemory.liveAllocations()).isEqualTo(before + 2);
      segments.close();
      segments.close();
      assertThat(HostMemory.liveAllocations()).isEqualTo(before);
    }
  }
}
