package io.fiddler.kernel.cpu.amx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The C functions of `kernels/cpu`, whose sources say what they do.
///
/// @param support `int fiddler_support()`
/// @param emulated `int fiddler_emulated()`
/// @param roundRow `void fiddler_round_row(row, tileRow, hiddenSize)`
/// @param gateUp `void fiddler_gate_up(gate, up, x, h, count, hiddenSize, width, firstPanel,
///   endPanel)`
/// @param down `void fiddler_down(down, sliceStride, numSlices, h, out, outStride, output, count,
///   hiddenSize, width, columns)`
record Functions(
    MethodHandle support,
    MethodHandle emulated,
    MethodHandle roundRow,
    MethodHandle gateUp,
    MethodHandle down) {
  private static final FunctionDescriptor QUESTION = FunctionDescriptor.of(JAVA_INT);

  /// @throws UnsupportedOperationException if the library lacks one
  static Functions of(SymbolLookup library) {
    return new Functions(
        function(library, "fiddler_support", QUESTION),
        function(library, "fiddler_emulated", QUESTION),
        procedure(library, "fiddler_round_row", ADDRESS, ADDRESS, JAVA_LONG),
        procedure(
            library,
            "fiddler_gate_up",
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG),
        procedure(
            library,
            "fiddler_down",
            ADDRESS,
            JAVA_LONG,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG));
  }

  private static MethodHandle procedure(
      SymbolLookup library, String name, MemoryLayout... parameters) {
    return function(library, name, FunctionDescriptor.ofVoid(parameters));
  }

  @SuppressWarnings("restricted") // the run command enables native access
  private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type) {
    MemorySegment address =
        library
            .find(name)
            .orElseThrow(
                () -> new UnsupportedOperationException("the native library lacks " + name));
    return Linker.nativeLinker().downcallHandle(address, type);
  }
}
