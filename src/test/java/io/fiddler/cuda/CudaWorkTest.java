package io.fiddler.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.device.DeviceMemory;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Kernels, graphs and products, on mapped host memory: what the kernels write is there once their
/// lane is done.
@Tag("gpu")
final class CudaWorkTest {
  private CudaDevice device;

  @BeforeEach
  void open() {
    device = CudaDevice.open(0, 2L << 30);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private PinnedMemory floats(int count) {
    return device.pinned((long) count * Float.BYTES, "test");
  }

  private static MemorySegment bytes(PinnedMemory memory) {
    return memory.host().segment(MemoryKind.HOST);
  }

  /// Two rows of five become unit vectors times the weights.
  @Test
  void kernel_computes_whenItIsLaunchedAndWhenItsGraphIsReplayed() {
    int rows = 2;
    int size = 5;
    try (PinnedMemory x = floats(rows * size);
        PinnedMemory weight = floats(size);
        PinnedMemory normed = floats(rows * size);
        PinnedMemory rowCount = floats(1)) {
      bytes(rowCount).set(JAVA_INT, 0, rows);
      CudaFunction rmsNorm = device.kernels().function("rms_norm", "rms_norm_f32");
      KernelArguments arguments = new KernelArguments();
      Runnable launch =
          () ->
              rmsNorm.launch(
                  device.compute(),
                  Grid.of(rows, 256),
                  arguments
                      .clear()
                      .address(x.deviceAddress())
                      .address(0)
                      .address(weight.deviceAddress())
                      .f32(1e-5f)
                      .address(rowCount.deviceAddress())
                      .i32(size)
                      .address(normed.deviceAddress())
                      .address(0)
                      .address(0));
      fill(x, weight, 1);
      launch.run();
      device.compute().synchronize();
      assertNormed(x, weight, normed, rows, size);
      try (CudaGraph graph = CudaGraph.capture(device.compute(), launch)) {
        arguments.clear();
        bytes(normed).fill((byte) 0);
        for (int seed = 2; seed < 5; seed++) {
          fill(x, weight, seed);
          graph.launch(device.compute());
          device.compute().record().await();
          assertNormed(x, weight, normed, rows, size);
        }
      }
    }
    assertThat(device.live().graphs()).isZero();
    assertThat(device.live().pinned()).isZero();
  }

  @Test
  void copy_onTheComputeLane_bringsPinnedMemoryOfAnySize() {
    int[] sizes = {4, 16, 48, 1000, 4096, 16_384, 70_000, 1 << 22};
    try (PinnedMemory source = device.pinned(1 << 22, "a source");
        PinnedMemory back = device.pinned(1 << 22, "what came back");
        DeviceMemory.Allocation there = device.memory().allocate(1 << 22, "a target")) {
      SplittableRandom random = new SplittableRandom(7);
      for (long i = 0; i < bytes(source).byteSize(); i += Long.BYTES) {
        bytes(source).set(JAVA_LONG, i, random.nextLong());
      }
      for (int size : sizes) {
        bytes(back).fill((byte) 0);
        device.compute().copy(source.host().slice(0, size), there.view().slice(0, size));
        device.compute().copy(there.view().slice(0, size), back.host().slice(0, size));
        device.compute().record().await();
        assertThat(bytes(back).asSlice(0, size).mismatch(bytes(source).asSlice(0, size)))
            .as("%d bytes", size)
            .isEqualTo(-1);
      }
    }
  }

  private static void fill(PinnedMemory x, PinnedMemory weight, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (PinnedMemory memory : List.of(x, weight)) {
      for (long i = 0; i < bytes(memory).byteSize() / Float.BYTES; i++) {
        bytes(memory).setAtIndex(JAVA_FLOAT, i, (float) random.nextDouble(-2, 2));
      }
    }
  }

  private static void assertNormed(
      PinnedMemory x, PinnedMemory weight, PinnedMemory normed, int rows, int size) {
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = 0; i < size; i++) {
        squares += Math.pow(bytes(x).getAtIndex(JAVA_FLOAT, (long) row * size + i), 2);
      }
      for (int i = 0; i < size; i++) {
        long at = (long) row * size + i;
        double expected =
            bytes(x).getAtIndex(JAVA_FLOAT, at)
                / Math.sqrt(squares / size + 1e-5)
                * bytes(weight).getAtIndex(JAVA_FLOAT, i);
        assertThat((double) bytes(normed).getAtIndex(JAVA_FLOAT, at))
            .as("row %d, column %d", row, i)
            .isCloseTo(expected, within(1e-5));
      }
    }
  }

  @Test
  void capture_ends_whenItsWorkThrows() {
    assertThatIllegalStateException()
        .isThrownBy(() -> CudaGraph.capture(device.compute(), () -> device.compute().record()))
        .withMessage("an event cannot be recorded while a graph is captured on the compute lane");
    device.compute().record().await();
    CudaGraph.capture(device.compute(), () -> {}).close();
    assertThat(device.live().graphs()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1,1,1", "1,7,3", "3,5,17", "7,129,65", "33,64,127", "64,513,1024"})
  void gemm_isTheProduct_whateverTheShape(int rows, int outputs, int depth) {
    SplittableRandom random = new SplittableRandom(rows * 31L + depth);
    try (PinnedMemory x = device.pinned(2L * rows * depth, "test");
        PinnedMemory w = device.pinned(2L * outputs * depth, "test");
        PinnedMemory y = floats(rows * outputs)) {
      fillBf16(x, random);
      fillBf16(w, random);
      bytes(y).fill((byte) 0x7f);
      multiply(x, w, y, rows, outputs, depth, false);
      device.compute().synchronize();
      assertProduct(x, w, y, rows, outputs, depth, 1);
      try (CudaGraph graph =
          CudaGraph.capture(
              device.compute(), () -> multiply(x, w, y, rows, outputs, depth, true))) {
        graph.launch(device.compute());
        device.compute().synchronize();
      }
      assertProduct(x, w, y, rows, outputs, depth, 2);
    }
  }

  private void multiply(
      PinnedMemory x,
      PinnedMemory w,
      PinnedMemory y,
      int rows,
      int outputs,
      int depth,
      boolean add) {
    device
        .blas()
        .gemm(x.deviceAddress(), w.deviceAddress(), y.deviceAddress(), rows, outputs, depth, add);
  }

  private static void assertProduct(
      PinnedMemory x, PinnedMemory w, PinnedMemory y, int rows, int outputs, int depth, int times) {
    for (int row = 0; row < rows; row++) {
      for (int output = 0; output < outputs; output++) {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < depth; i++) {
          double product = bf16(x, (long) row * depth + i) * bf16(w, (long) output * depth + i);
          sum += product;
          magnitude += Math.abs(product);
        }
        assertThat((double) bytes(y).getAtIndex(JAVA_FLOAT, (long) row * outputs + output))
            .as("[%d, %d] of %d x %d x %d", row, output, rows, outputs, depth)
            .isCloseTo(times * sum, within(times * (1e-6 + magnitude * depth * 0x1p-24)));
      }
    }
  }

  private static void fillBf16(PinnedMemory memory, SplittableRandom random) {
    for (long i = 0; i < bytes(memory).byteSize() / Short.BYTES; i++) {
      int bits = Float.floatToRawIntBits((float) random.nextDouble(-1, 1));
      bytes(memory).setAtIndex(JAVA_SHORT, i, (short) (bits >>> 16));
    }
  }

  private static double bf16(PinnedMemory memory, long index) {
    return Float.intBitsToFloat(bytes(memory).getAtIndex(JAVA_SHORT, index) << 16);
  }

  @Test
  void launch_isRefusedWithTheKernelsName_whenItsGridIsImpossible() {
    CudaFunction rmsNorm = device.kernels().function("rms_norm", "rms_norm_f32");
    assertThatThrownBy(
            () -> rmsNorm.launch(device.compute(), Grid.of(1, 4096), new KernelArguments()))
        .isInstanceOf(CudaException.class)
        .hasMessage("launching kernel rms_norm_f32 failed: CUDA_ERROR_INVALID_VALUE");
    device.compute().synchronize();
  }

  /// In a JVM of its own, since the context is lost with it.
  @Test
  void fault_isASentenceAtTheNextAwait_andTheDeviceStillCloses() {
    assertThat(ScenarioJvm.run(Map.of(), "fault"))
        .anyMatch(line -> line.startsWith("await: ") && line.contains("CUDA_ERROR_ILLEGAL_ADDRESS"))
        .anyMatch(line ->
            line.startsWith(
                "synchronize: work on the compute lane failed: CUDA_ERROR_ILLEGAL_ADDRESS"))
        .contains(
            "after the device: LiveCounts[allocations=0, graphs=0, pinned=0, registrations=0,"
                + " modules=0, events=0]");
  }
}
