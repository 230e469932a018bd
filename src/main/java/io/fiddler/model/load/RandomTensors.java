package io.fiddler.model.load;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.fiddler.model.LoadProgress;
import io.fiddler.model.config.TensorId;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import io.fiddler.tensor.ParallelTasks;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Random BF16 weights with the scale that trained ones have, so that activations stay finite
/// through any number of layers. Every number depends on the seed and its place alone, not on the
/// threads.
///
/// @param seed of all tensors
/// @param skew which experts the routers prefer
/// @param numThreads threads that fill memory
record RandomTensors(long seed, RouterSkew skew, int numThreads) implements TensorSource {
  private static final int CHUNK_BYTES = 4 << 20;
  private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;

  // Four numbers a word, each with random sign, mantissa and two low bits of the exponent.
  private static final long RANDOM_BITS = 0x81ff81ff81ff81ffL;
  private static final long EACH_NUMBER = 0x0001000100010001L;
  private static final int MANTISSA_BITS = 7;
  private static final int EXPONENT_BIAS = 127;
  private static final long ONE = (long) EXPONENT_BIAS << MANTISSA_BITS;

  @Override
  public ElementType elementType(TensorShape shape) {
    return ElementType.BF16;
  }

  @Override
  public String describe(TensorId id) {
    return "random tensor " + id;
  }

  private record Chunk(TensorShape shape, int block, long offset, MemoryView memory) {}

  @Override
  public void fill(List<Target> targets, LoadProgress progress) {
    List<Chunk> chunks = new ArrayList<>();
    for (Target target : targets) {
      for (int block = 0; block < target.blocks().size(); block++) {
        MemoryView memory = target.blocks().get(block);
        for (long at = 0; at < memory.sizeBytes(); at += CHUNK_BYTES) {
          long size = Math.min(CHUNK_BYTES, memory.sizeBytes() - at);
          chunks.add(new Chunk(target.shape(), block, at, memory.slice(at, size)));
        }
      }
    }
    long totalBytes = chunks.stream().mapToLong(chunk -> chunk.memory.sizeBytes()).sum();
    AtomicLong doneBytes = new AtomicLong();
    ParallelTasks.run(
        numThreads,
        chunks.size(),
        (_, index) -> {
          Chunk chunk = chunks.get(index);
          fill(chunk);
          progress.onProgress(doneBytes.addAndGet(chunk.memory.sizeBytes()), totalBytes);
        });
  }

  private void fill(Chunk chunk) {
    TensorId id = chunk.shape.id();
    boolean norm = id.role().isNorm();
    long mask = norm ? 0 : RANDOM_BITS;
    long base = EACH_NUMBER * (norm ? ONE : smallest(skew.inputs(chunk.shape)));
    long start =
        mix(mix(mix(mix(seed, id.role().name().hashCode()), id.layer()), id.expert()), chunk.block)
            + chunk.offset / Long.BYTES * GOLDEN_RATIO;
    MemorySegment memory = chunk.memory.segment(MemoryKind.HOST);
    int size = (int) memory.byteSize();
    int words = size / Long.BYTES * Long.BYTES;
    for (int at = 0; at < words; at += Long.BYTES) {
      memory.set(JAVA_LONG_UNALIGNED, at, (word(start, at) & mask) + base);
    }
    long last = (word(start, words) & mask) + base;
    for (int at = words; at < size; at += Short.BYTES) {
      memory.set(JAVA_SHORT_UNALIGNED, at, (short) last);
      last >>>= Short.SIZE;
    }
    skew.apply(chunk.shape, chunk.offset, memory);
  }

  /// The smallest of the four exponents, in place; the numbers' standard deviation is then close to
  /// `1 / sqrt(inputs)`, which keeps a product's scale.
  private static long smallest(int inputs) {
    // Uniform exponents e-3 ... e and mantissas in [1, 2) have the standard deviation 0.88 * 2^e.
    long exponent = Math.round(Math.log(1 / (0.88 * Math.sqrt(inputs))) / Math.log(2));
    return (EXPONENT_BIAS + exponent - 3) << MANTISSA_BITS;
  }

  private static long word(long start, int at) {
    return scramble(start + at / Long.BYTES * GOLDEN_RATIO);
  }

  private static long mix(long state, long value) {
    return scramble(state * GOLDEN_RATIO + value + 1);
  }

  /// The finaliser of SplittableRandom.
  private static long scramble(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
