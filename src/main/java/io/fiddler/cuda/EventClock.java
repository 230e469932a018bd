package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventElapsedTime;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/// Translates the GPU's time stamps to the clock of {@link System#nanoTime()}: by their distance to
/// an anchor, an event on an idle stream of its own whose time on both clocks is known. The anchor
/// is renewed every few seconds, since the driver tells distances as a float and clocks drift. Safe
/// for several threads.
final class EventClock implements AutoCloseable {
  private static final long RENEW_AFTER_NANOS = 4_000_000_000L;
  private static final long GOOD_ANCHOR_NANOS = 20_000;
  private static final int TRIES = 5;

  private final CudaContext context;
  private final CUstream stream = new CUstream();
  private final CUevent anchor = new CUevent();
  private final float[] millis = new float[1];
  private long anchorNanos;

  EventClock(CudaContext context) {
    this.context = context;
    context.makeCurrent();
    Cuda.check(
        cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING),
        "creating the clock's stream");
    Cuda.check(cuEventCreate(anchor, CUevent_flags.CU_EVENT_DEFAULT), "creating the clock's event");
    Cuda.check(renew(), "setting the GPU's clock");
  }

  /// When `done`, which is, was. The present where the driver cannot tell, as after a failure on
  /// the device.
  synchronized long nanosOf(CUevent done) {
    long now = System.nanoTime();
    if (now - anchorNanos > RENEW_AFTER_NANOS && renew() != CUresult.CUDA_SUCCESS) {
      return now;
    }
    if (cuEventElapsedTime(millis, anchor, done) != CUresult.CUDA_SUCCESS) {
      return now;
    }
    return anchorNanos + (long) (millis[0] * 1e6);
  }

  /// The anchor lies between two looks at the host's clock: tries until they are close together.
  private int renew() {
    for (int i = 0; i < TRIES; i++) {
      long before = System.nanoTime();
      int status = cuEventRecord(anchor, stream);
      if (status == CUresult.CUDA_SUCCESS) {
        status = cuEventSynchronize(anchor);
      }
      if (status != CUresult.CUDA_SUCCESS) {
        return status;
      }
      long after = System.nanoTime();
      anchorNanos = before + (after - before) / 2;
      if (after - before < GOOD_ANCHOR_NANOS) {
        break;
      }
    }
    return CUresult.CUDA_SUCCESS;
  }

  @Override
  public synchronized void close() {
    context.makeCurrent();
    Cuda.released(cuEventDestroy(anchor), "destroying the clock's event");
    Cuda.released(cuStreamDestroy(stream), "destroying the clock's stream");
  }
}
