package io.fiddler.load;

import io.fiddler.ServiceProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the service's process takes at a moment, in bytes.
///
/// @param second since the beginning
/// @param resident of the process (RSS)
/// @param heap in use
/// @param direct of requests and answers outside the heap, kept ready included
/// @param threads alive
record Memory(long second, long resident, long heap, long direct, int threads) {
  private static final int KIB = 1024;

  static Memory of(ServiceProcess service, long second) {
    return new Memory(
        second,
        resident(service.pid()),
        value(service, "jvm.memory.used?tag=area:heap"),
        value(service, "netty.allocator.memory.used?tag=memory.type:direct"),
        (int) value(service, "jvm.threads.live"));
  }

  private static long value(ServiceProcess service, String meter) {
    return service.get("/actuator/metrics/" + meter).at("/measurements/0/value").asLong();
  }

  private static long resident(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
