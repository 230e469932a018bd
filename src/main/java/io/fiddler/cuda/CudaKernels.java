package io.fiddler.cuda;

/// The packaged kernels of a device, loaded when first asked for.
public final class CudaKernels {
  CudaKernels() {}

  /// The function `name` of `kernels/ptx/<file>.ptx`.
  ///
  /// @throws CudaException if the driver refuses the file or it has no such function
  public CudaFunction function(String file, String name) {
    throw new UnsupportedOperationException();
  }
}
