package io.fiddler.cuda;

import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadDataEx;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;

/// The packaged kernels of a device. A file is compiled by the driver for the card when one of its
/// functions is asked for the first time; the driver keeps what it compiled on disk. Safe for
/// several threads.
public final class CudaKernels {
  private static final int LOG_BYTES = 8192;
  private static final Executor ANOTHER_THREAD =
      work -> Thread.ofPlatform().daemon().name("fiddler-kernel-loader").start(work);

  private final CudaContext context;
  private final Map<String, CompletableFuture<CUmodule>> modules = new ConcurrentHashMap<>();
  private final Map<String, CudaFunction> functions = new HashMap<>();

  CudaKernels(CudaContext context) {
    this.context = context;
  }

  /// Begins to load files that will be needed, each on a thread of its own, and returns at once:
  /// the driver takes about a second for each when it compiles it for the first time. What fails is
  /// told to who asks for a function.
  public void preload(Collection<String> files) {
    files.forEach(file -> modules.computeIfAbsent(file, name -> loading(name, ANOTHER_THREAD)));
  }

  private CompletableFuture<CUmodule> loading(String file, Executor executor) {
    return CompletableFuture.supplyAsync(() -> load(file), executor);
  }

  /// The function `name` of `kernels/ptx/<file>.ptx` on the class path.
  ///
  /// @throws CudaException if the driver refuses the file, or it has no such function
  public synchronized CudaFunction function(String file, String name) {
    CudaFunction known = functions.get(file + "/" + name);
    if (known != null) {
      return known;
    }
    CUmodule module = loaded(file);
    context.makeCurrent();
    CUfunction function = new CUfunction();
    Cuda.check(
        cuModuleGetFunction(function, module, name),
        "looking for kernel %s in %s.ptx".formatted(name, file));
    CudaFunction found = new CudaFunction(name, function);
    functions.put(file + "/" + name, found);
    return found;
  }

  private CUmodule loaded(String file) {
    CompletableFuture<CUmodule> module =
        modules.computeIfAbsent(file, name -> loading(name, Runnable::run));
    try {
      return module.join();
    } catch (CompletionException e) {
      modules.remove(file, module); // the next one who asks may have more luck
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /// Modules loaded and not unloaded.
  int live() {
    return (int)
        modules.values().stream()
            .filter(module -> module.isDone() && !module.isCompletedExceptionally())
            .count();
  }

  synchronized void close() {
    context.makeCurrent();
    functions.clear();
    modules.forEach((file, loading) -> {
      CUmodule module = loading.handle((loaded, _) -> loaded).join();
      if (module != null) {
        Cuda.released(cuModuleUnload(module), "unloading " + file + ".ptx");
      }
    });
    modules.clear();
  }

  private CUmodule load(String file) {
    context.makeCurrent();
    byte[] ptx = read("/kernels/ptx/" + file + ".ptx");
    int[] options = {
      CUjit_option.CU_JIT_ERROR_LOG_BUFFER, CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
    };
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(ptx.length + 1L); // zeroed, so it ends with a zero
      MemorySegment.copy(ptx, 0, image, ValueLayout.JAVA_BYTE, 0, ptx.length);
      MemorySegment log = arena.allocate(LOG_BYTES);
      MemorySegment values = // of type void*: the address, and the number itself
          arena.allocateFrom(ValueLayout.JAVA_LONG, log.address(), LOG_BYTES);
      CUmodule module = new CUmodule();
      int status =
          cuModuleLoadDataEx(
              module, RawPointer.to(image), options.length, options, RawPointer.to(values));
      if (status != CUresult.CUDA_SUCCESS) {
        String said = log.getString(0).strip().replaceAll("\\s*\n\\s*", "; ");
        throw new CudaException(
            "the driver refuses %s.ptx: %s%s"
                .formatted(file, Cuda.describe(status), said.isEmpty() ? "" : ": " + said));
      }
      return module;
    }
  }

  private static byte[] read(String resource) {
    try (InputStream stream = CudaKernels.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new CudaException("there is no kernel file %s on the class path".formatted(resource));
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }
}
