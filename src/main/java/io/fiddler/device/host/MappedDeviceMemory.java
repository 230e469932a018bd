package io.fiddler.device.host;

import io.fiddler.device.DeviceMemory;
import io.fiddler.device.DeviceMemoryException;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Device memory that is memory of this process, for devices without any of their own. Closing it
/// frees what is still allocated.
public final class MappedDeviceMemory implements DeviceMemory, AutoCloseable {
  private final MemoryKind kind;
  private final long budgetBytes;
  private final Runnable beforeFree;
  private final Set<Mapping> live = new LinkedHashSet<>();
  private long usedBytes;

  /// @param kind what its views say they are
  /// @param budgetBytes most bytes handed out at a time
  /// @param beforeFree run before memory is unmapped: waits until no queued work uses it
  public MappedDeviceMemory(MemoryKind kind, long budgetBytes, Runnable beforeFree) {
    this.kind = kind;
    this.budgetBytes = budgetBytes;
    this.beforeFree = beforeFree;
  }

  @Override
  public Allocation allocate(long sizeBytes, String purpose) {
    if (sizeBytes < 1) {
      throw new IllegalArgumentException(
          "device memory for %s must have at least 1 byte, got %d".formatted(purpose, sizeBytes));
    }
    if (sizeBytes > budgetBytes - usedBytes) {
      throw DeviceMemoryException.budgetExceeded(purpose, sizeBytes, usedBytes, budgetBytes);
    }
    Mapping mapping = new Mapping(HostMemory.allocate(sizeBytes), sizeBytes);
    live.add(mapping);
    usedBytes += sizeBytes;
    return mapping;
  }

  @Override
  public long usedBytes() {
    return usedBytes;
  }

  @Override
  public long budgetBytes() {
    return budgetBytes;
  }

  @Override
  public int liveAllocations() {
    return live.size();
  }

  @Override
  public void close() {
    List.copyOf(live).reversed().forEach(Mapping::close);
  }

  /// One allocation; identity is what counts, so it is no record.
  private final class Mapping implements Allocation {
    private final HostMemory memory;
    private final MemoryView view;
    private final long sizeBytes;

    Mapping(HostMemory memory, long sizeBytes) {
      this.memory = memory;
      this.view = MemoryView.of(kind, memory.view().segment(MemoryKind.HOST));
      this.sizeBytes = sizeBytes;
    }

    @Override
    public MemoryView view() {
      return view;
    }

    @Override
    public void close() {
      if (live.remove(this)) {
        beforeFree.run();
        usedBytes -= sizeBytes;
        memory.close();
      }
    }
  }
}
