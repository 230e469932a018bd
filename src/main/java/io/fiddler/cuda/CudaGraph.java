package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;

/// Work captured once and launched many times, for the price of one launch. Its owner closes it;
/// the device would, too. Used from one thread at a time.
public final class CudaGraph implements AutoCloseable {
  private final CudaLane lane;
  private final CUgraphExec executable = new CUgraphExec();

  private CudaGraph(CudaLane lane) {
    this.lane = lane;
  }

  /// Captures what `work` submits to `lane`: kernels, copies of page-locked memory, memsets,
  /// products of {@link CudaBlas}. Nothing of it runs yet. Arguments are captured as they are now.
  /// Each kernel and each shape of a product should have run once before: the driver loads them at
  /// their first use.
  ///
  /// @throws CudaException if something cannot be captured
  /// @throws IllegalStateException if `work` records or waits for an event, or captures itself
  public static CudaGraph capture(CudaLane lane, Runnable work) {
    lane.requireNotCapturing("nothing else can be captured");
    lane.context().makeCurrent();
    // Relaxed: other threads and lanes go on meanwhile, whatever they call.
    Cuda.check(
        cuStreamBeginCapture(lane.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_RELAXED),
        "beginning to capture a graph");
    CUgraph captured = captured(lane, work);
    try {
      CudaGraph graph = new CudaGraph(lane);
      Cuda.check(
          cuGraphInstantiate(graph.executable, captured, 0L), "instantiating a captured graph");
      return lane.resources().add(graph, graph::destroy);
    } finally {
      Cuda.released(cuGraphDestroy(captured), "destroying a captured graph");
    }
  }

  /// Runs `work` and ends the capture, even if that throws.
  private static CUgraph captured(CudaLane lane, Runnable work) {
    CUgraph captured = new CUgraph();
    lane.capturing(true);
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      lane.capturing(false);
      if (cuStreamEndCapture(lane.stream(), captured) == 0) {
        Cuda.released(cuGraphDestroy(captured), "destroying a captured graph");
      }
      throw e;
    }
    lane.capturing(false);
    Cuda.check(cuStreamEndCapture(lane.stream(), captured), "capturing a graph");
    return captured;
  }

  /// Queues all of it on a lane of the same device. Runs of one graph follow each other even on
  /// different lanes.
  public void launch(CudaLane lane) {
    lane.context().makeCurrent();
    Cuda.check(cuGraphLaunch(executable, lane.stream()), "launching a graph");
  }

  /// Frees it once the lane it was captured on is done; a second call does nothing.
  @Override
  public void close() {
    if (lane.resources().remove(this)) {
      destroy();
    }
  }

  private void destroy() {
    lane.drain();
    Cuda.released(cuGraphExecDestroy(executable), "destroying a graph");
  }
}
