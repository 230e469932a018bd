package io.fiddler.tensor;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/// Anonymous private mappings of Linux. Pages appear, zeroed, when a thread first touches them, so
/// several threads can share that work; huge pages spare a large matrix most of its TLB misses.
@SuppressWarnings("restricted") // the run command enables native access
final class MappedPages implements PageAllocator {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final long MAP_FAILED = -1;
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO_OFFSET =
      CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private final MethodHandle mmap;
  private final MethodHandle munmap;
  private final MethodHandle madvise;

  /// @throws UnsupportedOperationException if this is not a 64-bit Linux
  /// @throws IllegalCallerException if native access is denied
  MappedPages() {
    String system = System.getProperty("os.name", "");
    if (!system.equals("Linux") || CALL_STATE.byteSize() < Integer.BYTES) {
      throw new UnsupportedOperationException("the system is not Linux but " + system);
    }
    mmap =
        function(
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    munmap = function("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    madvise = function("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  }

  private static MethodHandle function(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address =
        linker
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new UnsupportedOperationException("the C library lacks " + name));
    return linker.downcallHandle(address, type, Linker.Option.captureCallState("errno"));
  }

  @Override
  public MemorySegment allocate(long sizeBytes, Arena arena) {
    // One huge page more than needed, so that an aligned range of whole huge pages lies within.
    long mappedBytes = Math.ceilDiv(sizeBytes, ALIGNMENT_BYTES) * ALIGNMENT_BYTES + ALIGNMENT_BYTES;
    long base = map(sizeBytes, mappedBytes);
    try {
      long aligned = Math.ceilDiv(base, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
      if (sizeBytes >= ALIGNMENT_BYTES) {
        adviseHugePages(aligned, mappedBytes - ALIGNMENT_BYTES);
      }
      return MemorySegment.ofAddress(aligned)
          .reinterpret(sizeBytes, arena, _ -> unmap(base, mappedBytes));
    } catch (RuntimeException | Error e) {
      unmap(base, mappedBytes);
      throw e;
    }
  }

  private long map(long sizeBytes, long mappedBytes) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(CALL_STATE);
      long address =
          (long)
              mmap.invokeExact(
                  state, 0L, mappedBytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
      if (address == MAP_FAILED) {
        throw new HostMemoryException(
            "cannot allocate %s of host memory: mmap failed with errno %d"
                .formatted(ByteSize.describe(sizeBytes), state.get(JAVA_INT, ERRNO_OFFSET)));
      }
      return address;
    } catch (HostMemoryException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("mmap could not be called", e);
    }
  }

  /// Only advice: a kernel without huge pages refuses it and everything works, if slower.
  private void adviseHugePages(long address, long sizeBytes) {
    try (Arena call = Arena.ofConfined()) {
      int _ =
          (int) madvise.invokeExact(call.allocate(CALL_STATE), address, sizeBytes, MADV_HUGEPAGE);
    } catch (Throwable e) {
      throw new AssertionError("madvise could not be called", e);
    }
  }

  private void unmap(long address, long sizeBytes) {
    int result;
    int errno;
    try (Arena call = Arena.ofConfined()) {
      MemorySegment state = call.allocate(CALL_STATE);
      result = (int) munmap.invokeExact(state, address, sizeBytes);
      errno = state.get(JAVA_INT, ERRNO_OFFSET);
    } catch (Throwable e) {
      throw new AssertionError("munmap could not be called", e);
    }
    if (result != 0) {
      throw new IllegalStateException(
          "munmap of %d bytes at 0x%x failed with errno %d".formatted(sizeBytes, address, errno));
    }
  }

  @Override
  public String description() {
    return "mapped memory, huge pages advised";
  }
}
