package io.fiddler.cuda;

import io.fiddler.device.DeviceMemory;
import io.fiddler.device.DeviceMemoryException;
import io.fiddler.tensor.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// What runs in a JVM of its own: with a driver that only plays one, or to spoil a real context.
/// Prints what came of it.
final class CudaScenario {
  private CudaScenario() {}

  /// Runs one.
  ///
  /// @param arguments the scenario and what it needs
  public static void main(String[] arguments) {
    try {
      switch (arguments[0]) {
        case "open" -> open(Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
        case "life" -> life();
        case "no room" -> noRoom();
        case "fault" -> fault();
        case "ptx" -> ptx();
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    } catch (CudaUnavailableException e) {
      print("unavailable: " + e.getMessage());
    }
  }

  private static void print(@Nullable String line) {
    System.out.println(line);
  }

  /// Twice: what could not be loaded the first time must be told the same way again.
  private static void open(int ordinal, long memoryBytes) {
    for (int i = 0; i < 2; i++) {
      try (CudaDevice device = CudaDevice.open(ordinal, memoryBytes)) {
        print("opened " + device.info() + ", budget " + device.memory().budgetBytes());
      } catch (CudaUnavailableException e) {
        print("unavailable: " + e.getMessage());
      }
    }
  }

  /// Everything a device can open; half of it is closed by its owner, the rest by the device.
  private static void life() {
    for (int round = 0; round < 2; round++) {
      CudaDevice device = CudaDevice.open(0, 0);
      for (boolean byOwner : new boolean[] {true, false}) {
        HostMemory host = HostMemory.allocate(10_000);
        DeviceMemory.Allocation allocation = device.memory().allocate(10_000, "test");
        PinnedMemory pinned = device.pinned(100, "test");
        HostRegistration registration = device.register(host.view(), 1_000);
        device.kernels().function("rms_norm", "rms_norm_f32");
        CudaGraph graph =
            CudaGraph.capture(
                device.compute(),
                () -> device.compute().copyAsync(pinned.deviceAddress(), address(allocation), 100));
        graph.launch(device.compute());
        device.copy().waitFor(device.compute().record());
        device.copy().record().await();
        print("open: " + device.live());
        if (byOwner) {
          graph.close();
          graph.close();
          registration.close();
          registration.close();
          pinned.close();
          pinned.close();
          allocation.close();
          allocation.close();
          host.close();
          print("after its owners: " + device.live());
        }
      }
      device.close();
      device.close();
      print("after the device: " + device.live());
      print("in the driver: " + openInTheDriver());
    }
  }

  private static void noRoom() {
    HostMemory host = HostMemory.allocate(3L << 30); // never touched
    try (CudaDevice device = CudaDevice.open(0, 0)) {
      try {
        device.memory().allocate(1L << 30, "weights").close();
      } catch (DeviceMemoryException e) {
        print(e.getMessage());
      }
      try {
        device.register(host.view(), 1 << 20).close();
      } catch (CudaException e) {
        print(e.getMessage());
      }
      print("open: " + device.live());
    }
    host.close();
  }

  private static void fault() {
    CudaDevice device = CudaDevice.open(0, 0);
    CudaFunction fault = device.kernels().function("fault", "fault_write");
    DeviceMemory.Allocation allocation = device.memory().allocate(1_000, "test");
    device.compute().synchronize();
    try {
      fault.launch(device.compute(), Grid.of(1, 1), new KernelArguments().address(8));
      CudaEvent event = device.compute().record();
      event.await();
      print("nothing happened");
    } catch (IllegalStateException | CudaException e) {
      print("await: " + e.getMessage());
    }
    try {
      device.compute().synchronize();
    } catch (CudaException e) {
      print("synchronize: " + e.getMessage());
    }
    allocation.close();
    device.close();
    print("after the device: " + device.live());
  }

  private static void ptx() {
    try (CudaDevice device = CudaDevice.open(0, 0)) {
      for (String[] kernel :
          new String[][] {{"broken", "broken"}, {"missing", "x"}, {"rms_norm", "rms_norm_i8"}}) {
        try {
          device.kernels().function(kernel[0], kernel[1]);
        } catch (CudaException e) {
          print(e.getMessage());
        }
      }
    }
  }

  private static long address(DeviceMemory.Allocation allocation) {
    return allocation.view().segment(allocation.view().kind()).address();
  }

  @SuppressWarnings("restricted")
  private static String openInTheDriver() {
    return SymbolLookup.libraryLookup("libcuda.so.1", Arena.global())
        .find("stub_open")
        .map(function -> {
          try {
            return (int)
                Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.JAVA_INT))
                    .invokeExact();
          } catch (Throwable e) {
            throw new AssertionError(e);
          }
        })
        .map(String::valueOf)
        .orElse("unknown");
  }
}
