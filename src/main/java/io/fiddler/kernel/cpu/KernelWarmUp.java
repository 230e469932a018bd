package io.fiddler.kernel.cpu;

import io.fiddler.tensor.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the kernels until C2 has compiled them. Before that a vector is an object, and an expert of
/// Mixtral takes seconds: no request should meet that, and no latency measurement.
public final class KernelWarmUp {
  private static final Logger log = LoggerFactory.getLogger(KernelWarmUp.class);

  /// Multiply-adds a second that no interpreted vector kernel reaches and every compiled one does.
  private static final double COMPILED = 1e9;

  private static final int ROWS = 32;
  private static final int COLS = 512;
  private static final int MAX_COUNT = 4;
  private static final int HEAD_DIM = 128;
  private static final int POSITIONS = 64;

  private KernelWarmUp() {}

  /// An operation and the multiply-adds it is worth.
  private record Exercise(String name, long work, Runnable operation) {
    boolean isFast() {
      long start = System.nanoTime();
      operation.run();
      return work * 1e9 / (System.nanoTime() - start) > COMPILED;
    }
  }

  /// Runs every operation for weights of these types, on all workers, until all are fast or
  /// `atMost` has passed. Harmless if called again. Returns the time it took.
  public static Duration run(WorkerPool pool, Set<ElementType> types, Duration atMost) {
    CpuKernels kernels = KernelProvider.fastest().kernels();
    long start = System.nanoTime();
    if (kernels instanceof ScalarKernels) {
      return Duration.ZERO; // plain Java: the first requests compile it soon enough
    }
    List<String> slow;
    try (Arena arena = Arena.ofShared()) {
      List<List<Exercise>> ofWorker = new ArrayList<>();
      for (int worker = 0; worker < pool.workers(); worker++) {
        ofWorker.add(exercises(kernels, types, arena));
      }
      do {
        pool.run(4 * pool.workers(), (worker, unit) -> runAll(ofWorker.get(worker)));
        slow = keepSlow(ofWorker);
      } while (!slow.isEmpty() && System.nanoTime() - start < atMost.toNanos());
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (slow.isEmpty()) {
      log.info("CPU kernels compiled after {} ms", took.toMillis());
    } else {
      log.warn("CPU kernels still slow after {} ms: {}", took.toMillis(), slow);
    }
    return took;
  }

  /// Drops what is fast from the lists of all workers; returns the names of what is left.
  private static List<String> keepSlow(List<List<Exercise>> ofWorker) {
    List<String> slow =
        ofWorker.getFirst().stream().filter(e -> !e.isFast()).map(Exercise::name).toList();
    for (List<Exercise> exercises : ofWorker) {
      exercises.removeIf(e -> !slow.contains(e.name()));
    }
    return slow;
  }

  private static void runAll(List<Exercise> exercises) {
    for (Exercise exercise : exercises) {
      exercise.operation().run();
    }
  }

  private static List<Exercise> exercises(CpuKernels kernels, Set<ElementType> types, Arena arena) {
    Scratch scratch = new Scratch();
    float[] x = new float[MAX_COUNT * COLS + Scratch.PADDING];
    float[] y = new float[MAX_COUNT * COLS + Scratch.PADDING];
    List<Exercise> exercises = new ArrayList<>();
    for (ElementType type : types) {
      MemorySegment weights = arena.allocate((long) ROWS * COLS * type.sizeBytes(), 64);
      for (int count : new int[] {1, 2, MAX_COUNT}) {
        exercises.add(
            new Exercise(
                "multiply " + type + " by " + count,
                (long) ROWS * COLS * count,
                () ->
                    kernels.multiply(
                        type, weights, 0, ROWS, COLS, x, 0, count, scratch, y, 0, ROWS)));
      }
      exercises.add(
          new Exercise(
              "widen " + type, 4 * COLS, () -> kernels.widen(type, weights, 0, COLS, x, 0)));
    }
    exercises.add(new Exercise("arrange", COLS, () -> kernels.arrange(y, 0, COLS, x, 0)));
    exercises.add(new Exercise("swiGlu", 16 * COLS, () -> kernels.swiGlu(x, y, COLS)));
    exercises.add(
        new Exercise("rmsNorm", 2 * COLS, () -> kernels.rmsNorm(x, 0, y, COLS, 1e-5f, x, 0)));
    MemorySegment cache = arena.allocate((long) POSITIONS * HEAD_DIM * Float.BYTES, 64);
    PagedKv kv = new PagedKv(cache, cache, HEAD_DIM, POSITIONS);
    int[] blockTable = {0};
    exercises.add(
        new Exercise(
            "attend",
            2L * POSITIONS * HEAD_DIM,
            () ->
                kernels.attend(
                    x, 0, HEAD_DIM, kv, blockTable, 0, 0, POSITIONS - 1, scratch, y, 0)));
    return exercises;
  }
}
