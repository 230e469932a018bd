package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import io.fiddler.device.Event;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;

/// A point in the work of a lane of a GPU.
///
/// It has a handle of the driver until somebody has seen that it is done: then it knows its outcome
/// and time itself, and the handle serves the lane's next event. So nobody closes events.
///
/// Unlike on other devices a failure of the work is lasting: the driver then refuses everything,
/// and all later events fail with it.
public final class CudaEvent implements Event {
  private final String lane;
  private final CudaContext context;
  private final EventClock clock;
  private final CUevent handle;
  // Guarded by this.
  private boolean settled;
  private int status;
  private long doneNanos;
  private int awaiting;

  CudaEvent(String lane, CudaContext context, EventClock clock, CUevent handle) {
    this.lane = lane;
    this.context = context;
    this.clock = clock;
    this.handle = handle;
  }

  @Override
  public synchronized boolean isDone() {
    if (!settled) {
      context.makeCurrent();
      int now = cuEventQuery(handle);
      if (now != CUresult.CUDA_ERROR_NOT_READY) {
        settle(now);
      }
    }
    return settled;
  }

  @Override
  public void await() {
    synchronized (this) {
      if (settled) {
        requireSuccess();
        return;
      }
      context.makeCurrent();
      awaiting++;
    }
    int outcome = cuEventSynchronize(handle); // outside the lock: others may look meanwhile
    synchronized (this) {
      awaiting--;
      notifyAll();
      settle(outcome);
      requireSuccess();
    }
  }

  @Override
  public synchronized long doneNanos() {
    return isDone() ? doneNanos : System.nanoTime();
  }

  /// Lets `stream` wait for it. The driver looks at the handle when this is called: what the handle
  /// is used for later does not matter.
  synchronized void holdBack(CUstream stream) {
    if (!settled) {
      Cuda.check(cuStreamWaitEvent(stream, handle, 0), "waiting for the " + lane + " lane");
    } else {
      requireSuccess();
    }
  }

  /// Whether the handle is not needed any more.
  synchronized boolean isReleased() {
    return isDone() && awaiting == 0;
  }

  /// Blocks until the handle is not needed any more, whatever its work comes to.
  synchronized CUevent release() {
    if (!settled) {
      context.makeCurrent();
      settle(cuEventSynchronize(handle));
    }
    boolean interrupted = false;
    while (awaiting > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // whoever still waits for it is about to return
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return handle;
  }

  private void settle(int outcome) {
    if (!settled) {
      doneNanos = outcome == CUresult.CUDA_SUCCESS ? clock.nanosOf(handle) : System.nanoTime();
      status = outcome;
      settled = true;
    }
  }

  private void requireSuccess() {
    if (status != CUresult.CUDA_SUCCESS) {
      CudaException failure = Cuda.failure(status, "work on the " + lane + " lane");
      throw new IllegalStateException(failure.getMessage(), failure);
    }
  }
}
