package io.fiddler.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.device.DeviceMemory.Allocation;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.NullMarked;

/// A GPU with random matrices on both sides. Closing frees the matrices, not the device.
@NullMarked
final class GpuBench implements AutoCloseable {
  private final CudaDevice device;
  private final Arena arena = Arena.ofShared();
  private final List<Allocation> allocations = new ArrayList<>();
  private final SplittableRandom random;

  GpuBench(CudaDevice device, long seed) {
    this.device = device;
    this.random = new SplittableRandom(seed);
  }

  /// The same matrix on both sides.
  ///
  /// @param host for the reference
  /// @param device for the device
  record Twin(Matrix host, Matrix device) {
    Twin rows(int first, int count) {
      return new Twin(host.rows(first, count), device.rows(first, count));
    }
  }

  SplittableRandom random() {
    return random;
  }

  /// Normally distributed numbers.
  Twin normal(ElementType type, int rows, int cols, double scale) {
    Matrix host = host(type, rows, cols);
    for (long i = 0; i < (long) rows * cols; i++) {
      set(host, i, (float) (random.nextGaussian() * scale));
    }
    return twin(host);
  }

  /// The same with values around one, as weights of a norm.
  Twin norm(ElementType type, int cols) {
    Matrix host = host(type, 1, cols);
    for (int i = 0; i < cols; i++) {
      set(host, i, (float) (1 + random.nextGaussian() * 0.2));
    }
    return twin(host);
  }

  /// Not a number everywhere, so that what is not written shows.
  Twin poisoned(int rows, int cols) {
    Matrix host = host(ElementType.F32, rows, cols);
    host.memory().segment(MemoryKind.HOST).fill((byte) 0xff);
    return twin(host);
  }

  /// A matrix of bf16 values that the host has in F32 and the device in `type`, as caches are.
  Twin cache(ElementType type, int rows, int cols) {
    Twin rounded = normal(ElementType.BF16, rows, cols, 1);
    Matrix wide = host(ElementType.F32, rows, cols);
    for (long i = 0; i < (long) rows * cols; i++) {
      set(wide, i, get(rounded.host(), i));
    }
    return type == ElementType.BF16 ? new Twin(wide, rounded.device()) : twin(wide);
  }

  Matrix host(ElementType type, int rows, int cols) {
    long bytes = (long) rows * cols * type.sizeBytes();
    return new Matrix(MemoryView.of(MemoryKind.HOST, arena.allocate(bytes, 64)), type, rows, cols);
  }

  Twin twin(Matrix host) {
    return new Twin(
        host, new Matrix(onDevice(host.memory()), host.type(), host.rows(), host.cols()));
  }

  /// A copy of host memory on the device.
  MemoryView onDevice(MemoryView host) {
    Allocation allocation = device.memory().allocate(host.sizeBytes(), "a test");
    allocations.add(allocation);
    upload(host, allocation.view());
    return allocation.view();
  }

  /// Brings what the host has to the device again.
  void upload(Twin twin) {
    upload(twin.host().memory(), twin.device().memory());
  }

  private void upload(MemoryView host, MemoryView onDevice) {
    // Neither the zeroing of new memory nor earlier kernels may come after the copy.
    device.compute().synchronize();
    device.copy().copy(host, onDevice);
    device.copy().record().await();
  }

  /// What the device has, once everything queued is done.
  float[] read(Matrix onDevice) {
    device.compute().synchronize();
    Matrix copy = host(onDevice.type(), onDevice.rows(), onDevice.cols());
    device.copy().copy(onDevice.memory(), copy.memory());
    device.copy().record().await();
    return values(copy);
  }

  static float[] values(Matrix host) {
    float[] values = new float[host.rows() * host.cols()];
    for (int i = 0; i < values.length; i++) {
      values[i] = get(host, i);
    }
    return values;
  }

  static void set(Matrix host, long index, float value) {
    MemorySegment segment = host.memory().segment(MemoryKind.HOST);
    switch (host.type()) {
      case F32 -> segment.set(JAVA_FLOAT_UNALIGNED, 4 * index, value);
      case F16 -> segment.set(JAVA_SHORT_UNALIGNED, 2 * index, Float.floatToFloat16(value));
      case BF16 ->
          segment.set(
              JAVA_SHORT_UNALIGNED, 2 * index, (short) (Float.floatToRawIntBits(value) >>> 16));
    }
  }

  static float get(Matrix host, long index) {
    MemorySegment segment = host.memory().segment(MemoryKind.HOST);
    return switch (host.type()) {
      case F32 -> segment.get(JAVA_FLOAT_UNALIGNED, 4 * index);
      case F16 -> Float.float16ToFloat(segment.get(JAVA_SHORT_UNALIGNED, 2 * index));
      case BF16 -> Float.intBitsToFloat(segment.get(JAVA_SHORT_UNALIGNED, 2 * index) << 16);
    };
  }

  @Override
  public void close() {
    allocations.forEach(Allocation::close);
    arena.close();
  }
}
