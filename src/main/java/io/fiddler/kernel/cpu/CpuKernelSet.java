package io.fiddler.kernel.cpu;

import io.fiddler.kernel.cpu.amx.AmxKernels;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.MemoryKind;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The kernels to compute with on the CPU: one set for everything, and where the machine allows it
/// native ones for experts of bf16 models in tiles. The latter round activations to bf16.
public final class CpuKernelSet {
  private final CpuKernels kernels;
  private final @Nullable AmxKernels tiles;

  CpuKernelSet(CpuKernels kernels, @Nullable AmxKernels tiles) {
    this.kernels = kernels;
    this.tiles = tiles;
  }

  /// The fastest this JVM and CPU allow, chosen once a process.
  public static CpuKernelSet fastest() {
    return KernelProvider.fastest();
  }

  /// The fastest with float32 activations throughout: no tiles.
  public static CpuKernelSet float32() {
    return new CpuKernelSet(KernelProvider.fastest().kernels, null);
  }

  /// The fastest, but with the tiles of another build of the native library.
  ///
  /// @throws UnsupportedOperationException with the reason if it cannot be run here
  public static CpuKernelSet withTilesOf(Path library) {
    return new CpuKernelSet(KernelProvider.fastest().kernels, AmxKernels.open(library));
  }

  /// Its name, for example `vector-512+amx`, of which the second is for experts in tiles.
  public String name() {
    return name(expertTiling());
  }

  /// The name of what it uses for a model with experts laid out so.
  public String name(Tiling experts) {
    return tiles == null || experts != Tiling.AMX_TILES
        ? kernels.name()
        : kernels.name() + "+" + tiles.name();
  }

  /// How experts are best laid out for it, if their format allows that; row-major ones are always
  /// read.
  public Tiling expertTiling() {
    return tiles == null ? Tiling.ROW_MAJOR : Tiling.AMX_TILES;
  }

  /// Segments for matrices in `kind` memory; the caller closes them and keeps the pool.
  public CpuSegments segments(MemoryKind kind, WorkerPool pool) {
    return new CpuSegments(this, pool, kind);
  }

  CpuKernels kernels() {
    return kernels;
  }

  @Nullable AmxKernels tiles() {
    return tiles;
  }
}
