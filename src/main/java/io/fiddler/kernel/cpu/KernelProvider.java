package io.fiddler.kernel.cpu;

import io.fiddler.kernel.cpu.amx.AmxKernels;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses the kernel set, once a process. Failure to accelerate is never failure to start.
final class KernelProvider {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final Logger log = LoggerFactory.getLogger(KernelProvider.class);

  private KernelProvider() {}

  private static final class Holder {
    static final CpuKernelSet FASTEST = choose();
  }

  /// Some kernels, or the reason why there are none.
  private record Attempt<T>(@Nullable T kernels, String reason) {}

  /// The fastest kernels that this JVM and CPU allow.
  static CpuKernelSet fastest() {
    return Holder.FASTEST;
  }

  private static CpuKernelSet choose() {
    Attempt<AmxKernels> tiles = tiles();
    String experts = "bf16 experts: " + tiles.reason();
    Attempt<CpuKernels> vector = vector();
    CpuKernels kernels = vector.kernels();
    if (kernels != null) {
      log.info("CPU kernels: {}, {}; {}", kernels.name(), vector.reason(), experts);
      return new CpuKernelSet(kernels, tiles.kernels());
    }
    kernels = new ScalarKernels();
    log.warn(
        "CPU kernels: {}, many times slower than vectors: {}; {}",
        kernels.name(),
        vector.reason(),
        experts);
    return new CpuKernelSet(kernels, tiles.kernels());
  }

  private static Attempt<CpuKernels> vector() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      return new Attempt<>(
          null, "module " + VECTOR_MODULE + " is missing; add --add-modules=" + VECTOR_MODULE);
    }
    try {
      return new Attempt<>(new VectorKernels(), "the Vector API at the width this CPU prefers");
    } catch (UnsupportedOperationException e) {
      return new Attempt<>(null, String.valueOf(e.getMessage()));
    } catch (LinkageError e) {
      return new Attempt<>(null, e.toString());
    }
  }

  private static Attempt<AmxKernels> tiles() {
    try {
      AmxKernels kernels = AmxKernels.load();
      TilesCheck.run(kernels);
      return new Attempt<>(kernels, kernels.name() + ", the CPU's tile registers");
    } catch (UnsupportedOperationException e) {
      return new Attempt<>(null, "the same, since " + e.getMessage());
    }
  }
}
