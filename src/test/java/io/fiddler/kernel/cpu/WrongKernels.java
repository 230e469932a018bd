package io.fiddler.kernel.cpu;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// Kernels of which one operation is wrong, as a miscompiled one would be.
public final class WrongKernels {
  private WrongKernels() {}

  /// The fastest kernels, with experts whose activation function does nothing.
  public static CpuKernelSet withoutSwiGlu() {
    CpuKernels right = KernelProvider.fastest().kernels();
    CpuKernels wrong =
        (CpuKernels)
            Proxy.newProxyInstance(
                CpuKernels.class.getClassLoader(),
                new Class<?>[] {CpuKernels.class},
                (_, method, arguments) ->
                    method.getName().equals("swiGlu") ? null : call(right, method, arguments));
    return new CpuKernelSet(wrong, null);
  }

  private static @Nullable Object call(
      CpuKernels right, Method method, @Nullable Object @Nullable [] arguments)
      throws ReflectiveOperationException {
    return method.invoke(right, arguments);
  }
}
