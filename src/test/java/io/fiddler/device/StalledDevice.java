package io.fiddler.device;

import io.fiddler.device.host.HostDevice;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.ArrayList;
import java.util.List;

/// A device whose lanes never get anything done, as a slow GPU looks to a host that must not wait
/// for it: it writes down what was submitted, and awaiting one of its events fails the test.
final class StalledDevice implements Device {
  final List<String> submitted = new ArrayList<>();

  private final HostDevice host = new HostDevice();
  private int events;

  @Override
  public DeviceInfo info() {
    return new DeviceInfo("stalled", "never done", 0);
  }

  @Override
  public MemoryKind memoryKind() {
    return host.memoryKind();
  }

  @Override
  public DeviceMemory memory() {
    return host.memory();
  }

  @Override
  public Lane compute() {
    return new StalledLane("compute");
  }

  @Override
  public CopyLane copy() {
    return new StalledLane("copy");
  }

  @Override
  public void close() {
    host.close();
  }

  private final class StalledLane implements CopyLane {
    private final String name;

    StalledLane(String name) {
      this.name = name;
    }

    @Override
    public void copy(MemoryView source, MemoryView target) {
      submitted.add(name + " " + source.sizeBytes() + " bytes");
    }

    @Override
    public void zero(MemoryView target) {
      submitted.add(name + " zeroes " + target.sizeBytes() + " bytes");
    }

    @Override
    public Event record() {
      NeverDone event = new NeverDone(name + "#" + events++);
      submitted.add("record " + event.name());
      return event;
    }

    @Override
    public void waitFor(Event event) {
      submitted.add(name + " waits for " + ((NeverDone) event).name());
    }
  }

  private record NeverDone(String name) implements Event {
    @Override
    public boolean isDone() {
      return false;
    }

    @Override
    public void await() {
      throw new AssertionError("the host waited for " + name);
    }

    @Override
    public long doneNanos() {
      throw new AssertionError(name + " is never done");
    }
  }
}
