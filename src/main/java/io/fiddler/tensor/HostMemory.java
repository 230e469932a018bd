package io.fiddler.tensor;

import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;

/// Host memory for weights and activations: mapped with huge pages advised, not zeroed by one
/// thread. Whoever allocates closes; views of closed memory throw. Safe to use from any thread.
public final class HostMemory implements AutoCloseable {
  private static final PageAllocator ALLOCATOR = PageAllocator.choose();
  private static final AtomicInteger LIVE_ALLOCATIONS = new AtomicInteger();

  private final Arena arena;
  private final MemoryView view;

  private HostMemory(Arena arena, MemoryView view) {
    this.arena = arena;
    this.view = view;
  }

  /// Maps `sizeBytes` of zeroed memory, aligned to 2 MiB.
  ///
  /// @throws HostMemoryException if the machine does not have it
  @SuppressWarnings("MustBeClosedChecker") // the instance owns the arena and closes it
  public static HostMemory allocate(long sizeBytes) {
    if (sizeBytes < 1) {
      throw new IllegalArgumentException("sizeBytes must be positive, got " + sizeBytes);
    }
    MachineMemory.requireWithinTotal(sizeBytes, "an allocation");
    // Shared, so that any thread may read, and so that a read after close throws instead of
    // touching an unmapped page.
    Arena arena = Arena.ofShared();
    try {
      MemoryView view =
          MemoryView.of(
              MemoryKind.HOST, ALLOCATOR.allocate(sizeBytes, arena).asSlice(0, sizeBytes));
      LIVE_ALLOCATIONS.incrementAndGet();
      return new HostMemory(arena, view);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /// How memory is had on this machine, with the reason if it is not the best way.
  public static String allocator() {
    return ALLOCATOR.description();
  }

  /// Number of allocations that are not closed, for tests of leaks.
  public static int liveAllocations() {
    return LIVE_ALLOCATIONS.get();
  }

  /// All of it.
  public MemoryView view() {
    return view;
  }

  /// Unmaps the memory; a second call does nothing.
  ///
  /// @throws IllegalStateException if a read or write of a file is under way in it
  @Override
  public synchronized void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      LIVE_ALLOCATIONS.decrementAndGet();
    }
  }
}
