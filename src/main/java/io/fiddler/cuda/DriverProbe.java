package io.fiddler.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;

/// Looks at the driver and the GPU by a few calls that every driver has. JCuda comes after that: a
/// function that an older driver lacks ends the process when JCuda calls it.
@SuppressWarnings("restricted") // the run command enables native access
final class DriverProbe {
  /// CUDA 13.0, as the driver counts: what loads PTX of ISA 9.0.
  static final int OLDEST_DRIVER = 13_000;

  private static final int OLDEST_CAPABILITY = 80;
  private static final int NAME_BYTES = 256;

  private final SymbolLookup driver;

  private DriverProbe(SymbolLookup driver) {
    this.driver = driver;
  }

  /// The name of GPU `ordinal`, once everything is right with it.
  ///
  /// @throws CudaUnavailableException if something is not
  static String nameOf(int ordinal) {
    SymbolLookup driver;
    try {
      driver = SymbolLookup.libraryLookup("libcuda.so.1", Arena.global());
    } catch (IllegalArgumentException e) {
      throw new CudaUnavailableException(
          "there is no NVIDIA driver (libcuda.so.1 cannot be loaded); install driver 580 or newer",
          e);
    }
    DriverProbe probe = new DriverProbe(driver);
    try (Arena arena = Arena.ofConfined()) {
      return probe.look(ordinal, arena);
    }
  }

  private String look(int ordinal, Arena arena) {
    MemorySegment number = arena.allocate(JAVA_INT);
    check(call("cuDriverGetVersion", number), "asking the NVIDIA driver for its version");
    int version = number.get(JAVA_INT, 0);
    if (version < OLDEST_DRIVER) {
      throw new CudaUnavailableException(
          ("the NVIDIA driver is too old: the kernels need one for CUDA 13.0 (580 or newer), got"
                  + " one for CUDA %d.%d")
              .formatted(version / 1000, version % 1000 / 10));
    }
    int started = call("cuInit", 0);
    int count = 0;
    if (started != CUresult.CUDA_ERROR_NO_DEVICE) {
      check(started, "starting the NVIDIA driver");
      check(call("cuDeviceGetCount", number), "counting GPUs");
      count = number.get(JAVA_INT, 0);
    }
    if (count == 0) {
      throw new CudaUnavailableException(
          "the NVIDIA driver sees no GPU; nvidia-smi lists them, CUDA_VISIBLE_DEVICES may hide them");
    }
    if (ordinal < 0 || ordinal >= count) {
      throw new CudaUnavailableException(
          "fiddler.device.ordinal must be in [0, %d], got %d".formatted(count - 1, ordinal));
    }
    check(call("cuDeviceGet", number, ordinal), "opening GPU " + ordinal);
    return capable(number.get(JAVA_INT, 0), arena);
  }

  private String capable(int device, Arena arena) {
    MemorySegment bytes = arena.allocate(NAME_BYTES);
    check(call("cuDeviceGetName", bytes, NAME_BYTES, device), "asking a GPU for its name");
    String name = bytes.getString(0);
    int capability =
        10
                * attribute(
                    CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device, arena)
            + attribute(
                CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device, arena);
    if (capability < OLDEST_CAPABILITY) {
      throw new CudaUnavailableException(
          "%s is too old: the kernels need compute capability 8.0 (Ampere or newer), got %d.%d"
              .formatted(name, capability / 10, capability % 10));
    }
    return name;
  }

  private int attribute(int attribute, int device, Arena arena) {
    MemorySegment number = arena.allocate(JAVA_INT);
    check(
        call("cuDeviceGetAttribute", number, attribute, device),
        "asking a GPU for its compute capability");
    return number.get(JAVA_INT, 0);
  }

  /// Calls a function whose arguments are pointers and ints.
  private int call(String function, Object... arguments) {
    MemorySegment address =
        driver
            .find(function)
            .orElseThrow(() ->
                new CudaUnavailableException(
                    "libcuda.so.1 is no driver of NVIDIA's: it lacks " + function));
    MemoryLayout[] types =
        Arrays.stream(arguments)
            .map(argument -> argument instanceof MemorySegment ? ADDRESS : JAVA_INT)
            .toArray(MemoryLayout[]::new);
    try {
      return (int)
          Linker.nativeLinker()
              .downcallHandle(address, FunctionDescriptor.of(JAVA_INT, types))
              .invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(function + " could not be called", e);
    }
  }

  private static void check(int status, String doing) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw new CudaUnavailableException(
          "%s failed: %s; nvidia-smi may tell more".formatted(doing, CUresult.stringFor(status)));
    }
  }
}
