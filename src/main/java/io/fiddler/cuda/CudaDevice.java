package io.fiddler.cuda;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceInfo;
import io.fiddler.device.DeviceMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;

/// An NVIDIA GPU.
public final class CudaDevice implements Device {
  private CudaDevice() {}

  /// Opens GPU `ordinal`.
  ///
  /// @param memoryBytes everything the process may take on the card; 0 for what is free now
  /// @throws CudaUnavailableException if it cannot be used, with one sentence why
  public static CudaDevice open(int ordinal, long memoryBytes) {
    throw new CudaUnavailableException("not built yet");
  }

  @Override
  public DeviceInfo info() {
    throw new UnsupportedOperationException();
  }

  @Override
  public MemoryKind memoryKind() {
    return MemoryKind.DEVICE;
  }

  @Override
  public DeviceMemory memory() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CudaLane compute() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CudaCopyLane copy() {
    throw new UnsupportedOperationException();
  }

  /// The packaged kernels.
  public CudaKernels kernels() {
    throw new UnsupportedOperationException();
  }

  /// Matrix products on the compute lane.
  public CudaBlas blas() {
    throw new UnsupportedOperationException();
  }

  /// Allocates zeroed page-locked host memory that kernels reach.
  public PinnedMemory pinned(long sizeBytes, String purpose) {
    throw new UnsupportedOperationException();
  }

  /// Page-locks `host` in pieces that end on multiples of `chunkBytes`.
  public HostRegistration register(MemoryView host, long chunkBytes) {
    throw new UnsupportedOperationException();
  }

  /// Streaming multiprocessors of the card.
  public int multiprocessors() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
