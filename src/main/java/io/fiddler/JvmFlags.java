package io.fiddler;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The flags of the running JVM that the engine depends on.
final class JvmFlags {
  /// Exit code for a wrong command line, as `sysexits.h` has it.
  static final int EXIT_USAGE = 64;

  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final List<String> HEAP_FLAGS =
      List.of("-Xmx", "-XX:MaxHeapSize=", "-XX:MaxRAMPercentage=");

  private JvmFlags() {}

  /// Why the service cannot run in this JVM, in one sentence.
  static Optional<String> refusal() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
        ? Optional.empty()
        : Optional.of(
            "Fiddler needs the Vector API: start it with java --add-modules="
                + VECTOR_MODULE
                + " ...");
  }

  /// What makes this JVM a poor host, one sentence each.
  static List<String> warnings() {
    return warnings(
        ManagementFactory.getRuntimeMXBean().getInputArguments(),
        JvmFlags.class.getModule().isNativeAccessEnabled());
  }

  static List<String> warnings(List<String> inputArguments, boolean nativeAccess) {
    List<String> warnings = new ArrayList<>();
    if (inputArguments.stream().noneMatch(JvmFlags::setsHeap)) {
      warnings.add(
          "No -Xmx: the Java heap may grow to a quarter of the memory, which the model's weights"
              + " need; set one, for example -Xmx2g");
    }
    if (!nativeAccess) {
      warnings.add(
          "No --enable-native-access=ALL-UNNAMED: a later Java will refuse the memory mapping that"
              + " holds the weights");
    }
    return warnings;
  }

  private static boolean setsHeap(String argument) {
    return HEAP_FLAGS.stream().anyMatch(argument::startsWith);
  }
}
