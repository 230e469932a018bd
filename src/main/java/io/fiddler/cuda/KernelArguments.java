package io.fiddler.cuda;

import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The arguments of a launch, appended in the kernel's order into memory that the driver reads: one
/// object serves any number of launches without garbage. Used from one thread.
///
///     arguments.clear().address(x).i32(rows).f32(eps);
///     function.launch(lane, grid, arguments);
public final class KernelArguments {
  private static final int MAX_ARGUMENTS = 32;

  private final MemorySegment values; // each argument at a multiple of eight bytes
  private final RawPointer pointer; // to the addresses of the values: what cuLaunchKernel wants
  private int count;

  /// Empty, with room for 32.
  public KernelArguments() {
    Arena arena = Arena.ofAuto(); // small, and lives as long as this does
    values = arena.allocate(ValueLayout.JAVA_LONG, MAX_ARGUMENTS);
    MemorySegment addresses = arena.allocate(ValueLayout.JAVA_LONG, MAX_ARGUMENTS);
    pointer = RawPointer.to(addresses);
    for (int i = 0; i < MAX_ARGUMENTS; i++) {
      addresses.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + (long) i * Long.BYTES);
    }
  }

  /// Forgets all arguments.
  public KernelArguments clear() {
    count = 0;
    return this;
  }

  /// Appends an address; 0 is a null pointer.
  public KernelArguments address(long address) {
    return i64(address);
  }

  /// Appends the address of device memory.
  public KernelArguments address(MemoryView memory) {
    return i64(memory.segment(MemoryKind.DEVICE).address());
  }

  /// Appends a 64-bit integer.
  public KernelArguments i64(long value) {
    values.setAtIndex(ValueLayout.JAVA_LONG, next(), value);
    return this;
  }

  /// Appends a 32-bit integer.
  public KernelArguments i32(int value) {
    values.set(ValueLayout.JAVA_INT, (long) next() * Long.BYTES, value);
    return this;
  }

  /// Appends a 32-bit float.
  public KernelArguments f32(float value) {
    values.set(ValueLayout.JAVA_FLOAT, (long) next() * Long.BYTES, value);
    return this;
  }

  /// How many there are.
  public int count() {
    return count;
  }

  RawPointer pointer() {
    return pointer;
  }

  private int next() {
    if (count == MAX_ARGUMENTS) {
      throw new IllegalStateException(
          "a kernel takes at most %d arguments; clear() begins the next launch"
              .formatted(MAX_ARGUMENTS));
    }
    return count++;
  }
}
