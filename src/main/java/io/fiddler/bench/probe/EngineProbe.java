package io.fiddler.bench.probe;

import io.fiddler.device.SlotRing.Slot;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.load.EngineParts;
import io.fiddler.kernel.ExpertSegment;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.kernel.StepInput;
import io.fiddler.model.LayerWeights;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/// Probes with a loaded engine's own weights, kernels and lanes. Experts are taken in rotation over
/// the whole model, so that weights come from memory and not from a cache. Used on the step thread,
/// while nothing is generated.
public final class EngineProbe implements AutoCloseable {
  /// Runs of what the device does; the shortest counts, since a limit is looked for.
  private static final int DEVICE_RUNS = 5;

  private final EngineParts parts;
  private final ProbeOptions options;
  private final ExpertFormat format;
  private final List<MemoryView> experts;
  private final List<Slot> slots = new ArrayList<>();
  private final List<MemoryView> targets = new ArrayList<>();
  private int turn;

  /// Takes all slots of the ring until it is closed.
  public EngineProbe(EngineParts parts, ProbeOptions options) {
    this.parts = parts;
    this.options = options;
    this.format = parts.weights().layers().getFirst().experts().format();
    this.experts =
        parts.weights().layers().stream()
            .map(LayerWeights::experts)
            .flatMap(layer -> layer.experts().stream())
            .toList();
    if (!isHost()) {
      while (parts.slots().numFree() > 0) {
        Slot slot = parts.slots().acquire();
        slots.add(slot);
        slot.fill(slice(experts.getFirst()));
        targets.add(slot.use());
      }
      parts.device().copy().record().await();
      if (targets.size() < 2) {
        throw new IllegalStateException(
            "a probe needs at least 2 free slots, got " + targets.size());
      }
    }
  }

  private boolean isHost() {
    return parts.device().memoryKind() == MemoryKind.HOST;
  }

  private MemoryView slice(MemoryView expert) {
    return format.slices(expert, 0, 1);
  }

  private List<MemoryView> sources() {
    return experts.stream().map(this::slice).toList();
  }

  /// Memory, copy engine and device, whatever the kernels.
  public MachineRates machine() {
    try (HostMemory memory = HostMemory.allocate(options.memoryBytes())) {
      MemorySegment read = memory.view().segment(MemoryKind.HOST);
      // Untouched pages all map to one page of zeros, which the cache would serve.
      parts.workers().run((int) Math.ceilDiv(read.byteSize(), FILL_BYTES), (_, i) -> fill(read, i));
      return new MachineProbe(parts.workers(), parts.device(), read, sources(), targets, options)
          .measure();
    }
  }

  private static final long FILL_BYTES = 4L << 20;

  private static void fill(MemorySegment memory, int piece) {
    long from = piece * FILL_BYTES;
    memory.asSlice(from, Math.min(FILL_BYTES, memory.byteSize() - from)).fill((byte) 1);
  }

  /// The CPU's expert kernel, in bytes of weights a second, with copies running where there is a
  /// device.
  ///
  /// @param rows tokens an expert
  /// @param expertsTogether experts of a layer that are computed in one call
  public Together experts(int rows, int expertsTogether) {
    int most = parts.buffers().shape().maxRows() * parts.buffers().shape().topK();
    int count = Math.clamp(most / rows, 1, Math.max(1, expertsTogether));
    Together.HostWork work = () -> compute(rows, count);
    if (isHost()) {
      return Together.hostAlone(work, window());
    }
    CopyFeed feed = new CopyFeed(parts.device().copy(), sources(), targets);
    return Together.of(work, feed, window());
  }

  /// All experts in turn; with many rows an expert takes long, but then not because of its memory.
  private Together.Window window() {
    return new Together.Window(experts.size() * format.expertSizeBytes(), 3 * options.nanos());
  }

  private long compute(int rows, int count) {
    List<MemoryView> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(experts.get(turn++ % experts.size()));
    }
    run(
        parts.onHost(),
        some::get,
        count,
        rows,
        parts.buffers().hostNormed(),
        parts.buffers().hostParts());
    return count * format.expertSizeBytes();
  }

  /// Computes `count` experts for the same rows, each into its own rows of `out`.
  private void run(
      ExpertSegment side,
      IntFunction<MemoryView> expert,
      int count,
      int rows,
      Matrix normed,
      Matrix out) {
    List<ExpertTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(
          new ExpertTask(
              format, expert.apply(i), format.numSlices(), 0, rows, i * rows, Output.SET));
    }
    int[] rowOfGrouped = new int[rows];
    Arrays.setAll(rowOfGrouped, row -> row);
    side.experts(tasks, normed.rows(0, rows), rowOfGrouped, out);
  }

  /// Seconds of one resident expert on the device, several of a layer being computed in one call; 0
  /// if none is resident.
  ///
  /// @param rows tokens an expert
  public double residentExpertSeconds(int rows, int expertsTogether) {
    List<MemoryView> resident =
        parts.resident().residency().experts().stream()
            .map(id -> parts.resident().view(id.layer(), id.expert()))
            .toList();
    if (resident.isEmpty()) {
      return 0;
    }
    int most = parts.buffers().shape().maxRows() * parts.buffers().shape().topK();
    int count = Math.clamp(most / rows, 1, Math.max(1, expertsTogether));
    return shortestSeconds(() -> {
      int first = turn;
      turn += count;
      run(
          parts.onDevice(),
          i -> resident.get((first + i) % resident.size()),
          count,
          rows,
          parts.buffers().normed(),
          parts.buffers().parts());
      parts.device().compute().record().await();
    })
        / count;
  }

  /// Seconds of everything in a step but the experts: attention, routers, norms, embedding and
  /// head. Measured from submission to the logits on the host, so waiting for the router of each
  /// layer is part of it, as it is of every step.
  ///
  /// @param sequences sequences in the step
  /// @param rows rows of each, the last of them at position `context - 1`
  /// @param context positions attended to by the last row
  public double denseSeconds(int sequences, int rows, int context) {
    StepInput input = input(sequences, rows, context);
    int[] lastRows = new int[sequences];
    Arrays.setAll(lastRows, sequence -> (sequence + 1) * rows - 1);
    float[] logits = new float[sequences * parts.weights().config().vocabSize()];
    return shortestSeconds(() -> parts.forward().runDense(input, lastRows, logits));
  }

  private StepInput input(int sequences, int rows, int context) {
    int blocks = Math.ceilDiv(context, CacheRoom.BLOCK_TOKENS);
    int[] tokens = new int[sequences * rows];
    int[] positions = new int[tokens.length];
    int[] sequenceOfRow = new int[tokens.length];
    int[][] tables = new int[sequences][blocks];
    for (int row = 0; row < tokens.length; row++) {
      tokens[row] = row % parts.weights().config().vocabSize();
      positions[row] = context - rows + row % rows;
      sequenceOfRow[row] = row / rows;
    }
    for (int sequence = 0; sequence < sequences; sequence++) {
      int first = sequence * blocks;
      Arrays.setAll(
          tables[sequence], block -> parts.blocks().id((first + block) % parts.blocks().count()));
    }
    return new StepInput(tokens, positions, sequenceOfRow, tables);
  }

  private double shortestSeconds(Runnable work) {
    work.run();
    double shortest = Double.POSITIVE_INFINITY;
    long start = System.nanoTime();
    for (int i = 0;
        i < DEVICE_RUNS && (i < 1 || System.nanoTime() - start < options.nanos());
        i++) {
      long begin = System.nanoTime();
      work.run();
      shortest = Math.min(shortest, (System.nanoTime() - begin) / 1e9);
    }
    return shortest;
  }

  /// Gives the slots back; a second call does nothing.
  @Override
  public void close() {
    slots.forEach(Slot::close);
    slots.clear();
  }
}
