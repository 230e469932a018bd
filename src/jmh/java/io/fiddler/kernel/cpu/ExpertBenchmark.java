package io.fiddler.kernel.cpu;

import io.fiddler.kernel.ExpertTask;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One expert on the CPU, by shape and rows, beside what the same workers can read from memory at
/// all: the bandwidth of an expert means something only next to `probe` of the same run. Experts
/// take turns so that the weights come from memory; `tiny` ones stay in the cache and show what a
/// call costs. `ROW_MAJOR` experts are computed by the Java kernels, `AMX_TILES` by the native
/// ones, where the CPU has them.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 3,
    jvmArgs = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-Xmx1g"
    })
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // JMH sets parameters and calls the set-up
public class ExpertBenchmark {
  /// `hiddenSize x intermediateSize`: Mixtral-8x7B, Qwen3-30B-A3B, tiny-moe, and an odd one.
  @Param({"4096x14336", "2048x768", "192x160", "207x330"})
  String shape;

  @Param({"BF16"})
  ElementType type;

  @Param({"ROW_MAJOR", "AMX_TILES"})
  Tiling tiling;

  @Param({"1", "2", "4", "7", "16", "64", "512"})
  int rows;

  /// 0 for one a processor.
  @Param({"0"})
  int workers;

  private final List<HostMemory> memory = new ArrayList<>();
  private final List<List<ExpertTask>> calls = new ArrayList<>();
  private int[] rowOfGrouped = {};
  private long expertSizeBytes;
  private double expertGigaflops;
  private int next;
  private WorkerPool pool;
  private CpuSegments segments;
  private MemorySegment weights;
  private Matrix normed;
  private Matrix out;

  /// Rates; JMH divides them by the time.
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Rate {
    public double gigabytes;
    public double gigaflops;

    /// Called by JMH.
    @Setup(Level.Iteration)
    public void reset() {
      gigabytes = 0;
      gigaflops = 0;
    }
  }

  /// Fills 1.5 GB of experts, or two if those are larger.
  @Setup
  public void open() {
    String[] sizes = shape.split("x", -1);
    int hiddenSize = Integer.parseInt(sizes[0]);
    ExpertFormat format =
        ExpertFormat.of(type, hiddenSize, Integer.parseInt(sizes[1])).with(tiling);
    expertSizeBytes = format.expertSizeBytes();
    expertGigaflops = 6e-9 * hiddenSize * format.intermediateSize() * rows;
    int numExperts = Math.clamp(1_500_000_000L / expertSizeBytes, 2, 512);
    pool = new WorkerPool(workers > 0 ? workers : Runtime.getRuntime().availableProcessors());
    segments = CpuSegments.create(MemoryKind.HOST, pool);
    MemoryView experts = allocate(numExperts * expertSizeBytes);
    weights = experts.segment(MemoryKind.HOST);
    // 0x3c00 is a small number in both 16-bit types, and two of them are one in F32.
    pool.run(
        numExperts,
        (worker, expert) -> {
          for (long i = 0; i < expertSizeBytes; i += 2) {
            long at = expert * expertSizeBytes + i;
            weights.set(ValueLayout.JAVA_SHORT, at, (short) (0x3c00 + at % 127));
          }
        });
    for (int i = 0; i < numExperts; i++) {
      MemoryView expert = experts.slice(i * expertSizeBytes, expertSizeBytes);
      calls.add(
          List.of(
              new ExpertTask(
                  format, expert, format.numSlices(), 0, rows, 0, ExpertTask.Output.SET)));
    }
    normed = matrix(hiddenSize);
    out = matrix(hiddenSize);
    rowOfGrouped = new int[rows];
    KernelWarmUp.run(pool, EnumSet.of(type), Duration.ofSeconds(60));
  }

  /// Frees the experts.
  @TearDown
  public void close() {
    segments.close();
    pool.close();
    memory.forEach(HostMemory::close);
  }

  /// The next expert for `rows` rows.
  @Benchmark
  public void expert(Rate rate) {
    segments.experts(calls.get(next), normed, rowOfGrouped, out);
    next = (next + 1) % calls.size();
    rate.gigabytes += expertSizeBytes / 1e9;
    rate.gigaflops += expertGigaflops;
  }

  /// Reading all experts.
  @Benchmark
  public double probe(Rate rate) {
    rate.gigabytes += weights.byteSize() / 1e9;
    return MemoryProbe.readBytesPerSecond(pool, weights);
  }

  private Matrix matrix(int cols) {
    return new Matrix(allocate((long) rows * cols * Float.BYTES), ElementType.F32, rows, cols);
  }

  private MemoryView allocate(long sizeBytes) {
    HostMemory allocated = HostMemory.allocate(sizeBytes);
    memory.add(allocated);
    return allocated.view();
  }
}
