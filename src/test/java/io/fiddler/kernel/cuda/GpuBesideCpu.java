package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.kernel.cpu.CpuKernelSet;
import io.fiddler.kernel.cpu.CpuSegments;
import io.fiddler.kernel.cpu.WorkerPool;
import io.fiddler.tensor.MemoryKind;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/// Tests that compare a GPU's segments with the CPU's: both are opened once a class.
@NullMarked
@Tag("gpu")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GpuBesideCpu {
  final long seed = System.nanoTime();
  final WorkerPool workers = new WorkerPool(4);
  CudaDevice device;
  CpuSegments cpu;

  @BeforeAll
  void open() {
    device = CudaDevice.open(0, 0);
    cpu = CpuKernelSet.float32().segments(MemoryKind.HOST, workers);
  }

  @AfterAll
  void close() {
    cpu.close();
    workers.close();
    device.close();
  }
}
