package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventRecord;

import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;

/// The events of a lane. Creating one costs more than the work that many stand for, so the handles
/// of events that are done go round. A lane's events become done in order: looking at the oldest
/// ones at each record keeps no more handles than there are events under way. Used from the thread
/// that submits to the lane.
final class LaneEvents {
  private final String lane;
  private final String recording;
  private final CudaContext context;
  private final EventClock clock;
  private final Deque<CudaEvent> underWay = new ArrayDeque<>();
  private final Deque<CUevent> free = new ArrayDeque<>();
  private int handles;

  LaneEvents(String lane, CudaContext context, EventClock clock) {
    this.lane = lane;
    recording = "recording an event on the " + lane + " lane";
    this.context = context;
    this.clock = clock;
  }

  /// Records an event on `stream`.
  CudaEvent record(CUstream stream) {
    while (!underWay.isEmpty() && underWay.getFirst().isReleased()) {
      free.push(underWay.removeFirst().release());
    }
    if (free.isEmpty()) {
      free.push(create());
    }
    Cuda.check(cuEventRecord(free.getFirst(), stream), recording);
    CUevent handle = free.pop(); // only now: it is not lost if the driver refuses
    CudaEvent event = new CudaEvent(lane, context, clock, handle);
    underWay.addLast(event);
    return event;
  }

  private CUevent create() {
    CUevent handle = new CUevent();
    Cuda.check(cuEventCreate(handle, CUevent_flags.CU_EVENT_DEFAULT), "creating an event");
    handles++;
    return handle;
  }

  /// Handles of the driver, used and free.
  int handles() {
    return handles;
  }

  /// Waits for the events under way, which then answer without the driver, and frees all handles.
  void close() {
    while (!underWay.isEmpty()) {
      free.push(underWay.removeFirst().release());
    }
    while (!free.isEmpty()) {
      handles--;
      Cuda.released(cuEventDestroy(free.pop()), "destroying an event");
    }
  }
}
