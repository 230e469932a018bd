package io.fiddler.cuda;

import jcuda.driver.CUresult;
import jcuda.jcublas.cublasStatus;

/// The one place where statuses of the driver and of cuBLAS are looked at. JCuda's own exceptions
/// stay off: they would be thrown for "not ready", which is an answer and no failure.
final class Cuda {
  private Cuda() {}

  /// @param doing what the call was for, as a noun: `copying to the device`
  /// @throws CudaException unless `status` is success
  static void check(int status, String doing) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw failure(status, doing);
    }
  }

  /// For calls that free something: these also return what went wrong on the device earlier, which
  /// the lane it happened on reports. After that nothing on the device can be freed one by one; the
  /// driver frees it with the process.
  ///
  /// @throws CudaException for every other failure
  static void released(int status, String doing) {
    if (!spoilsTheDevice(status)) {
      check(status, doing);
    }
  }

  /// @throws CudaException unless `status` is success
  static void checkBlas(int status, String doing) {
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new CudaException("%s failed: %s".formatted(doing, cublasStatus.stringFor(status)));
    }
  }

  /// The failure of `status`, as a sentence.
  static CudaException failure(int status, String doing) {
    return new CudaException("%s failed: %s".formatted(doing, describe(status)));
  }

  /// The name of `status`, and what it means where the name does not say it.
  static String describe(int status) {
    String name = CUresult.stringFor(status);
    return spoilsTheDevice(status)
        ? name
            + " (work submitted earlier went wrong on the device, and the driver refuses everything"
            + " until the process is started again)"
        : name;
  }

  /// Whether the context is lost with this: each later call returns it again.
  static boolean spoilsTheDevice(int status) {
    return switch (status) {
      case CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED ->
          true;
      default -> false;
    };
  }
}
