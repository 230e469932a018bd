package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.CudaException;
import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.CudaLane;
import io.fiddler.cuda.Grid;
import io.fiddler.cuda.KernelArguments;

/// Queues kernels on the compute lane.
final class KernelQueue {
  /// Threads a block of all kernels that do not say otherwise.
  static final int BLOCK = 256;

  /// Blocks a multiprocessor that keep memory busy (`cuda-kernels.md`: more gain nothing).
  private static final int BLOCKS_A_MULTIPROCESSOR = 2;

  private final CudaLane lane;
  private final KernelArguments arguments = new KernelArguments();
  private final int multiprocessors;

  KernelQueue(CudaDevice device) {
    this.lane = device.compute();
    this.multiprocessors = device.multiprocessors();
  }

  CudaLane lane() {
    return lane;
  }

  /// Begins the arguments of the next launch.
  KernelArguments arguments() {
    return arguments.clear();
  }

  /// Queues a kernel with the arguments begun last.
  ///
  /// @throws CudaException naming kernel and grid
  void launch(CudaFunction function, Grid grid) {
    try {
      function.launch(lane, grid, arguments);
    } catch (CudaException e) {
      CudaException withGrid = new CudaException("%s on %s".formatted(e.getMessage(), grid));
      withGrid.initCause(e);
      throw withGrid;
    }
  }

  /// The grid of a kernel that strides over `units`, a block each: as many blocks as run at once.
  Grid striding(long units) {
    return striding(units, 0);
  }

  /// The same with dynamic shared memory.
  Grid striding(long units, int sharedBytes) {
    long most = (long) BLOCKS_A_MULTIPROCESSOR * multiprocessors;
    return new Grid((int) Math.clamp(units, 1, most), 1, 1, BLOCK, sharedBytes);
  }

  /// The grid of a kernel that strides over elements, a few a thread.
  Grid elements(long count) {
    return striding(Math.ceilDiv(count, 4L * BLOCK));
  }

  /// How often something has to be cut so that `others` times as many blocks fill the device twice.
  int cuts(long others, int most) {
    return Math.clamp(Math.ceilDiv(4L * multiprocessors, others), 1, most);
  }
}
