package io.fiddler.kernel.cpu;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Chooses the kernel set, once a process. Failure to accelerate is never failure to start.
final class KernelProvider {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final Logger log = LoggerFactory.getLogger(KernelProvider.class);

  private KernelProvider() {}

  private static final class Holder {
    static final CpuKernels KERNELS = choose();
  }

  /// The fastest kernels that this JVM and CPU allow.
  static CpuKernels kernels() {
    return Holder.KERNELS;
  }

  private static CpuKernels choose() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()) {
      return scalar("module " + VECTOR_MODULE + " is missing; add --add-modules=" + VECTOR_MODULE);
    }
    try {
      CpuKernels kernels = new VectorKernels();
      log.info("CPU kernels: {}, the Vector API at the width this CPU prefers", kernels.name());
      return kernels;
    } catch (UnsupportedOperationException e) {
      return scalar(String.valueOf(e.getMessage()));
    } catch (LinkageError e) {
      return scalar(e.toString());
    }
  }

  private static CpuKernels scalar(String reason) {
    CpuKernels kernels = new ScalarKernels();
    log.warn("CPU kernels: {}, many times slower than vectors: {}", kernels.name(), reason);
    return kernels;
  }
}
