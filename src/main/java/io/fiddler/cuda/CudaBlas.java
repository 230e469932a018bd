package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSetWorkspace;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.cudaDataType;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;

/// Matrix products of cuBLAS on the compute lane, in a workspace of their own, so that they can be
/// captured. Used from the thread that submits to that lane.
public final class CudaBlas {
  /// What cuBLAS asks for on Hopper; it takes less on others.
  static final long WORKSPACE_BYTES = 32L << 20;

  /// CUBLAS_GEMM_DEFAULT: cuBLAS chooses by shape.
  private static final int CHOOSE = -1;

  private final CudaLane lane;
  private final cublasHandle handle = new cublasHandle();
  private final RawPointer.OnDevice workspace = new RawPointer.OnDevice();
  private final MemorySegment scalars = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 0, 1);
  private final RawPointer zero = new RawPointer(scalars.address());
  private final RawPointer one = new RawPointer(scalars.address() + Float.BYTES);

  CudaBlas(CudaLane lane) {
    this.lane = lane;
    lane.context().makeCurrent();
    Cuda.checkBlas(cublasCreate(handle), "starting cuBLAS");
    try {
      Cuda.check(cuMemAlloc(workspace, WORKSPACE_BYTES), "allocating the workspace of cuBLAS");
      // In this order: choosing a stream goes back to the workspace that all streams share.
      Cuda.checkBlas(
          cublasSetStream(handle, new cudaStream_t(lane.stream())), "giving cuBLAS its lane");
      Cuda.checkBlas(
          cublasSetWorkspace(handle, workspace, WORKSPACE_BYTES), "giving cuBLAS its workspace");
    } catch (CudaException e) {
      close();
      throw e;
    }
  }

  /// Queues `y[rows, outputs] (+)= x[rows, depth] * w[outputs, depth]^T`, all row-major without
  /// padding at device addresses: `x` and `w` bf16, `y` f32, sums in f32.
  ///
  /// @param accumulate whether the product is added to `y` or replaces it
  /// @throws CudaException if cuBLAS refuses it
  public void gemm(long x, long w, long y, int rows, int outputs, int depth, boolean accumulate) {
    if (rows < 1 || outputs < 1 || depth < 1) {
      throw new IllegalArgumentException(
          "a product needs at least one row, output and depth, got [%d, %d] and [%d, %d]"
              .formatted(rows, depth, outputs, depth));
    }
    lane.context().makeCurrent();
    // cuBLAS reads matrices by columns. So what is [r, c] by rows is [c, r] for it, and the product
    // becomes y^T[outputs, rows] = w^T^T[outputs, depth] * x^T[depth, rows]: the weights come
    // first,
    // transposed, and every distance between columns is the length of one of our rows.
    int status =
        cublasGemmEx_new(
            handle,
            cublasOperation.CUBLAS_OP_T,
            cublasOperation.CUBLAS_OP_N,
            outputs,
            rows,
            depth,
            one,
            new RawPointer.OnDevice(w),
            cudaDataType.CUDA_R_16BF,
            depth,
            new RawPointer.OnDevice(x),
            cudaDataType.CUDA_R_16BF,
            depth,
            accumulate ? one : zero,
            new RawPointer.OnDevice(y),
            cudaDataType.CUDA_R_32F,
            outputs,
            cublasComputeType.CUBLAS_COMPUTE_32F,
            CHOOSE);
    Cuda.checkBlas(status, "a product of cuBLAS");
  }

  void close() {
    lane.context().makeCurrent();
    int status = cublasDestroy(handle);
    if (workspace.address() != 0) {
      Cuda.released(cuMemFree(workspace), "freeing the workspace of cuBLAS");
    }
    Cuda.checkBlas(status, "stopping cuBLAS");
  }
}
