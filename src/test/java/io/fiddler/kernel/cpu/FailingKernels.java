package io.fiddler.kernel.cpu;

import io.fiddler.tensor.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The fastest float32 kernels, but the computation of an expert fails when it is asked to: once,
/// on a thread of choice.
public final class FailingKernels {
  private final AtomicReference<@Nullable Order> order = new AtomicReference<>();
  private final AtomicInteger failures = new AtomicInteger();

  /// A failure that is to happen.
  private record Order(
      Predicate<Thread> threads, RuntimeException failure, CountDownLatch carriedOut) {}

  /// The next expert computed on such a thread fails. Other threads wait for it in the middle of
  /// theirs, so that they do not do all of the work before such a thread takes part; what is
  /// computed next must therefore have units for all threads.
  public void failOnceOn(Predicate<Thread> threads) {
    failOnceOn(threads, new IllegalStateException("this expert fails, as the test asks"));
  }

  /// The same with a failure of choice.
  public void failOnceOn(Predicate<Thread> threads, RuntimeException failure) {
    order.set(new Order(threads, failure, new CountDownLatch(1)));
  }

  /// How often one has failed.
  public int failures() {
    return failures.get();
  }

  /// The kernels.
  public CpuKernelSet set() {
    return new CpuKernelSet(new Failing(CpuKernelSet.float32().kernels()), null);
  }

  private void maybeFail() {
    Order given = order.get();
    if (given == null) {
      return;
    }
    if (!given.threads().test(Thread.currentThread())) {
      awaitFailure(given);
    } else if (order.compareAndSet(given, null)) {
      failures.incrementAndGet();
      given.carriedOut().countDown();
      throw given.failure();
    }
  }

  private static void awaitFailure(Order given) {
    try {
      if (!given.carriedOut().await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("no thread of the kind that is to fail took part");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private final class Failing implements CpuKernels {
    private final CpuKernels sound;

    Failing(CpuKernels sound) {
      this.sound = sound;
    }

    @Override
    public String name() {
      return sound.name();
    }

    @Override
    public boolean arranges(ElementType weights) {
      return sound.arranges(weights);
    }

    @Override
    public int arrangedIndex(int cols, int index) {
      return sound.arrangedIndex(cols, index);
    }

    @Override
    public void arrange(
        float[] source, int sourceOffset, int cols, float[] target, int targetOffset) {
      sound.arrange(source, sourceOffset, cols, target, targetOffset);
    }

    @Override
    public void widen(
        ElementType type,
        MemorySegment source,
        long offsetBytes,
        int count,
        float[] target,
        int targetOffset) {
      sound.widen(type, source, offsetBytes, count, target, targetOffset);
    }

    @Override
    public void multiply(
        ElementType type,
        MemorySegment weights,
        long offsetBytes,
        int rows,
        int cols,
        float[] x,
        int xOffset,
        int count,
        Scratch scratch,
        float[] out,
        int outOffset,
        int outStride) {
      sound.multiply(
          type,
          weights,
          offsetBytes,
          rows,
          cols,
          x,
          xOffset,
          count,
          scratch,
          out,
          outOffset,
          outStride);
    }

    /// Only experts use it.
    @Override
    public void swiGlu(float[] gate, float[] up, int count) {
      maybeFail();
      sound.swiGlu(gate, up, count);
    }

    @Override
    public void rmsNorm(
        float[] source,
        int sourceOffset,
        float[] weight,
        int count,
        float eps,
        float[] target,
        int targetOffset) {
      sound.rmsNorm(source, sourceOffset, weight, count, eps, target, targetOffset);
    }

    @Override
    public void attend(
        float[] query,
        int queryOffset,
        int headDim,
        PagedKv cache,
        int[] blockTable,
        int kvOffset,
        int from,
        int to,
        Scratch scratch,
        float[] out,
        int outOffset) {
      sound.attend(
          query,
          queryOffset,
          headDim,
          cache,
          blockTable,
          kvOffset,
          from,
          to,
          scratch,
          out,
          outOffset);
    }

    @Override
    public long read(MemorySegment memory, long offsetBytes, long sizeBytes) {
      return sound.read(memory, offsetBytes, sizeBytes);
    }
  }
}
